import { describe, expect, it } from '@jest/globals';
import { Connection, type Transport } from './connection.js';
import { Frame } from './frame.js';

/** A network that takes frames only while it is `open`. */
class Network implements Transport {
  open = true;
  readonly taken: Frame[] = [];
  closed: number | undefined;
  reason = '';

  write(frame: Frame): boolean {
    this.taken.push(frame);
    return this.open;
  }

  cork(): void {}

  uncork(): void {}

  heartbeat(): boolean {
    return true;
  }

  close(code: number, reason: string): void {
    this.closed = code;
    this.reason = reason;
  }

  terminate(): void {
    this.closed = 1006;
  }
}

function connect(): { network: Network; connection: Connection } {
  const network = new Network();
  const identity = { user_id: 1, session_id: 1, expires_at: 4_000_000_000 };
  return { network, connection: new Connection(identity, network) };
}

const answer = (ref: number) => new Frame({ type: 'pong', data: { ref } });

describe('A connection', () => {
  it('sends in order what had to wait', () => {
    const { network, connection } = connect();
    const frames = [1, 2, 3, 4].map(answer);
    network.open = false;
    for (const frame of frames.slice(0, 3)) connection.send(frame);
    expect(network.taken).toEqual(frames.slice(0, 1));
    connection.drained();
    expect(network.taken).toEqual(frames.slice(0, 2));
    network.open = true;
    connection.drained();
    for (const frame of frames.slice(3)) connection.send(frame);
    expect(network.taken).toEqual(frames);
  });

  it('is closed as too slow when one write is stuck for more than ten seconds, and not before', () => {
    const { network, connection } = connect();
    network.open = false;
    connection.send(answer(1));
    const now = Date.now();
    connection.sweep(now + 9_000);
    expect(network.closed).toBeUndefined();
    connection.sweep(now + 11_000);
    expect(network.closed).toBe(4008);
    expect(connection.isOpen).toBe(false);
  });

  it('is roomy again, and lets go on whoever waits for it, when it has drained or closed', async () => {
    for (const end of ['drained', 'closed'] as const) {
      const { network, connection } = connect();
      network.open = false;
      for (let count = 0; count < 300; count++) connection.send(answer(count));
      expect(connection.isRoomy).toBe(false);
      const roomy = connection.whenRoomy();
      network.open = true;
      if (end === 'drained') connection.drained();
      else connection.close(4001, 'over');
      await roomy;
      expect(network.taken.length).toBe(end === 'drained' ? 300 : 1);
    }
  });

  it('is asked to come again at any moment of the next five seconds, so that not all come together', () => {
    const waits = Array.from({ length: 100 }, () => {
      const { network, connection } = connect();
      connection.restart();
      expect(network.closed).toBe(1012);
      return (JSON.parse(network.reason) as { retry_after_ms: number }).retry_after_ms;
    });
    expect(waits.filter((wait) => wait < 0 || wait >= 5_000 || !Number.isInteger(wait))).toEqual([]);
    // That one of the five seconds gets none of a hundred happens once in a billion times.
    for (const second of [0, 1, 2, 3, 4]) {
      expect({ second, some: waits.some((wait) => Math.floor(wait / 1_000) === second) }).toEqual({
        second,
        some: true,
      });
    }
  });
});
