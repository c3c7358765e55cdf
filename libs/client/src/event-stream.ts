/** One event of `text/event-stream`, as far as we use the format. */
export interface StreamEvent {
  readonly id: string | undefined;
  readonly data: string;
  /** Milliseconds to wait before the next connection. */
  readonly retry: number | undefined;
}

/** Cuts the text of an event stream into events. */
export class EventStreamParser {
  private rest = '';

  /** The events that the text completes. */
  push(text: string): StreamEvent[] {
    const blocks = (this.rest + text).split('\n\n');
    this.rest = blocks.pop() ?? '';
    return blocks.map(eventOf);
  }
}

function eventOf(block: string): StreamEvent {
  let id: string | undefined;
  let retry: number | undefined;
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, field, value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (field === 'id') id = value;
    if (field === 'data') data.push(value);
    if (field === 'retry' && /^\d+$/.test(value)) retry = Number(value);
  }
  return { id, data: data.join('\n'), retry };
}
