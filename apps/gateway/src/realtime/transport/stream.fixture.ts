import { request, type ClientRequest } from 'node:http';
import { eventually } from '#testing/eventually.js';
import type { RealtimeHouse } from '../realtime.fixture.js';

/** An event as it came over the wire. */
export interface StreamEvent {
  /** What the stream says of the time until which everything was sent. */
  id: string | undefined;
  type: string;
  data: { chat_id?: number; seq?: number; data?: Record<string, unknown> };
}

/** A client of `/api/events` that remembers every event, and does nothing by itself. */
export class Stream {
  readonly events: StreamEvent[] = [];
  status: number | undefined;
  ended = false;
  retry: string | undefined;
  private rest = '';
  private readonly request: ClientRequest;

  constructor(gateway: string, path: string, headers: Record<string, string>) {
    this.request = request(`${gateway}/api/events${path}`, { headers }, (response) => {
      this.status = response.statusCode;
      response.on('data', (chunk: Buffer) => this.hear(chunk.toString('utf8')));
      response.on('end', () => (this.ended = true));
      response.on('error', () => (this.ended = true));
    });
    this.request.on('error', () => (this.ended = true));
    this.request.end();
  }

  static async of(
    realtime: RealtimeHouse,
    userId: number,
    query = '',
    more: Record<string, string> = {},
  ): Promise<Stream> {
    const stream = new Stream(realtime.url, query, {
      authorization: `Bearer ${await realtime.token(userId)}`,
      ...more,
    });
    await eventually(() => stream.events.length > 0);
    return stream;
  }

  get lastId(): string {
    return this.events.findLast(({ id }) => id !== undefined)?.id ?? '';
  }

  seqs(chatId: number): number[] {
    return this.events.flatMap(({ data }) => (data.chat_id === chatId && data.seq !== undefined ? [data.seq] : []));
  }

  close(): void {
    this.request.destroy();
  }

  private hear(text: string): void {
    const blocks = (this.rest + text).split('\n\n');
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      this.retry = fields.get('retry') ?? this.retry;
      const data = fields.get('data');
      if (data !== undefined) {
        const event = JSON.parse(data) as StreamEvent['data'];
        this.events.push({ id: fields.get('id'), type: fields.get('event') ?? '', data: event });
      }
    }
  }
}
