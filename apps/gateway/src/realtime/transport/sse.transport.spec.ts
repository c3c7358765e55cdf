import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { gate } from '#testing/gate.js';
import { Connection } from '../connection/connection.js';
import { Frame } from '../connection/frame.js';
import { heartbeatSeconds } from '../delivery/hub.js';
import { SseTransport } from './sse.transport.js';

/** An answer that takes only as much as the spec says. */
class Answer {
  isOpen = true;
  readonly written: string[] = [];

  write(text: Buffer | string): boolean {
    this.written.push(text.toString());
    return this.isOpen;
  }

  end(): void {
    this.isOpen = false;
  }

  /** Some seconds after the end, unless the process has ended before. */
  destroy(): void {
    this.isOpen = false;
  }

  /** The id and the ref of each event. */
  get events(): string[] {
    return this.written.map(
      (text) => `${/^id: (.*)/.exec(text)?.[1] ?? 'none'} ${/"ref":(\d)/.exec(text)?.[1] ?? 'ping'}`,
    );
  }
}

afterEach(() => void jest.restoreAllMocks());

describe('The ids of an event stream', () => {
  it('promise nothing while something still waits for the client', () => {
    const answer = new Answer();
    const transport = new SseTransport(answer as unknown as ServerResponse, () => 'now');
    const connection = new Connection({ user_id: 1, session_id: 1, expires_at: 4_000_000_000 }, transport);
    const say = (ref: number) => connection.send(new Frame({ type: 'pong', data: { ref } }));
    // A ping is due.
    const now = Date.now() + heartbeatSeconds * 1_000;
    jest.spyOn(Date, 'now').mockReturnValue(now);
    answer.isOpen = false;
    for (const ref of [1, 2, 3]) say(ref);
    connection.drained();
    connection.sweep(now);
    connection.drained();
    answer.isOpen = true;
    connection.drained();
    say(4);
    expect(answer.events).toEqual(['now 1', 'none 2', 'none ping', 'now 3', 'now 4']);
  });
});

describe('The end of an event stream', () => {
  it('comes after about five minutes, but not while the past is sent again', async () => {
    const answer = new Answer();
    const transport = new SseTransport(answer as unknown as ServerResponse, () => 'now');
    const connection = new Connection({ user_id: 1, session_id: 1, expires_at: 4_000_000_000 }, transport);
    const began = Date.now();
    const sent = gate();
    const replay = transport.replay(() => sent.opened);
    connection.sweep(began + 6 * 60_000);
    expect(connection.isOpen).toBe(true);
    sent.open();
    await replay;
    connection.sweep(began + 4 * 60_000);
    expect(connection.isOpen).toBe(true);
    connection.sweep(began + 6 * 60_000);
    expect([connection.isOpen, answer.isOpen]).toEqual([false, false]);
    expect(answer.written.at(-1)).toMatch(/^retry: \d{1,4}\n\n$/);
  });
});
