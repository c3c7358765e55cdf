import { isDeepStrictEqual } from 'node:util';
import type { LogEntry } from '#contracts/log.contract.js';
import type { Message } from '#contracts/message.contract.js';
import { applyEntry, type ChatState } from '#domain/chat-state.js';

/**
 * Messages of a chat that a client, which has applied these entries, has otherwise than a fresh read shows them. What
 * was changed by entries that it was not to be told of is not compared.
 */
export function differences(
  applied: readonly LogEntry[],
  fresh: ReadonlyMap<number, Message>,
  log: readonly LogEntry[],
  isTold: (seq: number) => boolean,
): number[] {
  const untold = new Set(log.filter(({ seq }) => !isTold(seq)).map(messageOf));
  const { messages } = applied.reduce(afterAny, { seq: 0, messages: new Map(), pins: [] });
  return [...fresh.values()]
    .filter(({ id }) => !untold.has(id))
    .filter((message) => !isDeepStrictEqual(comparable(message), comparable(messages.get(message.id))))
    .map(({ id }) => id);
}

/** Between two stays a client has nothing to apply. */
function afterAny(state: ChatState, entry: LogEntry): ChatState {
  return applyEntry({ ...state, seq: entry.seq - 1 }, entry);
}

function messageOf({ data }: LogEntry): number | undefined {
  if ('message' in data) return data.message.id;
  return 'message_id' in data ? data.message_id : undefined;
}

/** A reaction does not tell when the row of its message was written. */
function comparable(message: Message | undefined): Partial<Message> | undefined {
  if (message === undefined) return undefined;
  const { updated_at: _updated, ...rest } = message;
  return rest;
}
