import { describe, expect, it } from '@jest/globals';
import { FechatterError, type ErrorCode } from '#contracts/error.js';
import type { Message } from '#contracts/message.contract.js';
import { ManualClock, settled } from './clock.fixture.js';
import { Emitter } from './emitter.js';
import type { ClientEvents } from './events.js';
import type { QueuedMessage } from './lane.js';
import { SendQueue } from './send-queue.js';
import { MemoryStorage } from './storage.js';

interface Try {
  readonly message: QueuedMessage;
  succeed(): Promise<void>;
  fail(code: ErrorCode, retryAfterSeconds?: number): Promise<void>;
}

/** A queue whose tries the spec answers. */
class World {
  readonly clock = new ManualClock();
  readonly events = new Emitter<ClientEvents>();
  readonly tries: Try[] = [];
  readonly queue: SendQueue;

  constructor(readonly storage = new MemoryStorage()) {
    const { clock, events, tries } = this;
    const transmit = (message: QueuedMessage) =>
      new Promise<Message>((resolve, reject) => {
        const answer = (act: () => void) => (act(), settled());
        tries.push({
          message,
          succeed: () => answer(() => resolve({ ...message, id: tries.length } as unknown as Message)),
          fail: (code, seconds) =>
            answer(() =>
              reject(new FechatterError(code, undefined, seconds === undefined ? {} : { retryAfterSeconds: seconds })),
            ),
        });
      });
    this.queue = new SendQueue({ clock, events, storage, transmit, random: () => 0.5 });
    this.queue.open(7);
  }

  push(chatId: number, content: string): Promise<Message> {
    return this.queue.push({ chat_id: chatId, content, idempotency_key: `key ${content}` });
  }

  get contents(): string[] {
    return this.tries.map(({ message }) => message.content);
  }

  last(): Try {
    return this.tries.at(-1) as Try;
  }
}

describe('The queue of messages', () => {
  it('sends one at a time in each chat, in order', async () => {
    const world = new World();
    void world.push(1, 'a');
    void world.push(1, 'b');
    void world.push(2, 'c');
    expect(world.contents).toEqual(['a', 'c']);
    await world.tries[0]?.succeed();
    expect(world.contents).toEqual(['a', 'c', 'b']);
  });

  it.each<ErrorCode>(['UNAVAILABLE', 'INTERNAL_ERROR', 'RATE_LIMITED', 'UNAUTHORIZED'])(
    'tries again under the same key after %s, and lets nothing overtake',
    async (code) => {
      const world = new World();
      const sent = world.push(1, 'a');
      void world.push(1, 'b');
      await world.last().fail(code);
      await world.clock.pass(1_000);
      expect(world.contents).toEqual(['a', 'a']);
      expect(world.tries[1]?.message).toEqual(world.tries[0]?.message);
      await world.last().succeed();
      expect((await sent).content).toBe('a');
      expect(world.contents).toEqual(['a', 'a', 'b']);
    },
  );

  it('waits as long as the server says, else longer from try to try, or until it is woken', async () => {
    const world = new World();
    void world.push(1, 'a');
    await world.last().fail('RATE_LIMITED', 9);
    expect(world.clock.nextMs).toBe(9_000);
    await world.clock.pass(9_000);
    for (const expected of [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
      await world.last().fail('UNAVAILABLE');
      expect(world.clock.nextMs).toBe(expected);
      await world.clock.pass(expected);
    }
    const { length } = world.tries;
    await world.last().fail('UNAVAILABLE');
    world.queue.wake();
    await settled();
    expect(world.tries).toHaveLength(length + 1);
  });

  it('goes on after a refusal', async () => {
    const world = new World();
    const refused: unknown[] = [];
    world.events.on('refused', (event) => refused.push(event));
    const first = expect(world.push(1, 'a')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    void world.push(1, 'b');
    await world.last().fail('FORBIDDEN');
    await first;
    expect(refused).toMatchObject([{ chat_id: 1, idempotency_key: 'key a', error: { code: 'FORBIDDEN' } }]);
    expect(world.contents).toEqual(['a', 'b']);
  });

  it('is taken up by the next client of the same user, and of no other', async () => {
    const world = new World();
    for (const content of ['a', 'b', 'c']) void world.push(1, content);
    await world.last().succeed();
    world.queue.close();

    const next = new World(world.storage);
    expect(next.queue.waiting.map(({ content }) => content)).toEqual(['b', 'c']);
    next.queue.open(8);
    expect(next.queue.waiting).toEqual([]);
    next.queue.open(7);
    const sent: string[] = [];
    next.events.on('sent', ({ content }) => sent.push(content));
    while (next.queue.waiting.length > 0) await next.last().succeed();
    expect(sent).toEqual(['b', 'c']);
    expect(world.storage.length).toBe(0);
  });

  it('takes back what is not being sent, and is bounded', async () => {
    const world = new World();
    void world.push(1, 'a');
    const second = expect(world.push(1, 'b')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect([world.queue.cancel('key a'), world.queue.cancel('key b'), world.queue.cancel('key z')]).toEqual([
      false,
      true,
      false,
    ]);
    await second;
    for (let index = 1; index < 1_000; index += 1) void world.push(1, `n ${index}`);
    expect(() => world.push(1, 'too many')).toThrow('1000 messages are waiting');
    expect(world.storage.length).toBe(1_000);
  });
});
