import assert from 'node:assert/strict';
import { EventStreamParser } from '#client/event-stream.js';
import { eventually } from '#testing/eventually.js';
import type { Frame } from './peer.js';
import type { Gateway, Person } from './world.js';

/** One bare reader of `/api/events`, which does nothing by itself and remembers every event as it came. */
export class Stream {
  readonly frames: Frame[] = [];
  /** With what `Last-Event-ID` another stream goes on. */
  lastId: string | undefined;
  private readonly stop = new AbortController();

  static async open({ token }: Person, { url }: Gateway, lastId?: string): Promise<Stream> {
    const stream = new Stream();
    const headers = {
      authorization: `Bearer ${token}`,
      ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
    };
    const response = await fetch(`${url}/api/events`, { headers, signal: stream.stop.signal });
    assert.ok(response.ok && response.body !== null, `answered ${response.status}`);
    void stream.read(response.body).catch(() => undefined);
    await eventually(() => stream.frames.length > 0, 'the stream begins');
    return stream;
  }

  /** Places of a chat's log that were sent, in their order. */
  seqs(chat: number): number[] {
    return this.frames.flatMap(({ chat_id, seq }) => (chat_id === chat && seq !== undefined ? [seq] : []));
  }

  async reaches(chat: number, seq: number): Promise<void> {
    await eventually(() => this.seqs(chat).includes(seq), `entry ${seq} comes`, 20_000);
  }

  leave(): void {
    this.stop.abort();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const parser = new EventStreamParser();
    const text = new TextDecoder();
    for await (const bytes of body) {
      for (const { id, data } of parser.push(text.decode(bytes, { stream: true }))) {
        this.lastId = id ?? this.lastId;
        if (data.startsWith('{"')) this.frames.push(JSON.parse(data) as Frame);
      }
    }
  }
}
