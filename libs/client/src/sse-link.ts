import { EventStreamParser } from './event-stream.js';
import type { Fetch } from './http.js';
import { frameOf, lost, type Link, type LinkEnd, type LinkListener } from './link.js';

/** Where an event stream goes on: the id of the last event, kept from connection to connection. */
export interface StreamMemory {
  lastEventId: string | undefined;
}

/** Reads `/api/events` of a gateway. */
export function openEventStream(
  fetch: Fetch,
  gateway: string,
  token: string,
  memory: StreamMemory,
  listener: LinkListener,
): Link {
  const stop = new AbortController();
  void read().then((end) => {
    if (!stop.signal.aborted) listener.ended(end);
  });
  return { send: undefined, close: () => stop.abort() };

  async function read(): Promise<LinkEnd> {
    let retry: number | undefined;
    try {
      const response = await fetch(new URL('/api/events', gateway), { headers: headers(), signal: stop.signal });
      if (response.status === 401) return { kind: 'unauthenticated', code: 401, retryAfterMs: undefined };
      if (!response.ok || response.body === null) return lost(response.status, retryAfterOf(response));
      const parser = new EventStreamParser();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader.read(); !part.done && !stop.signal.aborted; part = await reader.read()) {
        listener.alive();
        for (const event of parser.push(part.value)) {
          if (stop.signal.aborted) break;
          retry = event.retry ?? retry;
          const frame = frameOf(event.data);
          if (frame !== undefined) listener.frame(frame);
          // Only what was taken in may move the place where the stream goes on.
          memory.lastEventId = event.id ?? memory.lastEventId;
        }
      }
    } catch {
      // The connection has broken, or could not be made.
    }
    return lost(undefined, retry);
  }

  function headers(): Record<string, string> {
    const { lastEventId } = memory;
    const authorization = { authorization: `Bearer ${token}` };
    return lastEventId === undefined ? authorization : { ...authorization, 'last-event-id': lastEventId };
  }
}

function retryAfterOf({ headers }: Response): number | undefined {
  const seconds = headers.get('retry-after');
  return seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) * 1_000 : undefined;
}
