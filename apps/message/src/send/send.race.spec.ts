import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FechatterError } from '#contracts/error.js';
import { sql } from '#database/statement.js';
import { handOver, upTo } from '../chat.fixture.js';
import { message, outcomes, SendHouse, stored } from './send.fixture.js';
import type { SendQueue } from './send.queue.js';

let house: SendHouse;
/** Two message services: each its own pool and queue. */
let first: SendQueue;
let second: SendQueue;

beforeAll(async () => {
  house = await SendHouse.start();
  first = await house.service();
  second = await house.service();
}, 60_000);

afterAll(() => house.house.close());

describe('several message services', () => {
  it('store the same key once when both get it at once', async () => {
    const chatId = await house.chat(1);
    for (const round of upTo(30)) {
      const sent = await Promise.all([
        first.send(message(chatId, 1, 'same', `key ${round}`)),
        second.send(message(chatId, 1, 'same', `key ${round}`)),
      ]);
      expect(outcomes(sent).sort()).toEqual(['replayed', 'stored']);
      expect(stored(sent[0]).id).toBe(stored(sent[1]).id);
    }
    await house.expectDense(chatId, 30);
  });

  it('keep the log dense when three of them write the same hot chats, beside members who come and go', async () => {
    const chats = [await house.chat(1, 2, 3), await house.chat(1, 2, 3), await house.chat(1, 2, 3)];
    const services = [first, second, await house.service()];
    const perWriter = 150;
    const sends = services.flatMap((queue, s) =>
      chats.flatMap((chatId) =>
        upTo(perWriter).map((n) => queue.send(message(chatId, 1 + (n % 3), `${s} ${n}`, n % 2 ? `${s} ${n}` : null))),
      ),
    );
    const comings = chats.map(async (chatId) => {
      for (const round of upTo(10)) {
        await handOver(house.house.bus, chatId, 2 * round, {
          type: 'member.added',
          members: [{ user_id: 4, role: 'member' }],
        });
        await handOver(house.house.bus, chatId, 2 * round + 1, { type: 'member.removed', user_ids: [4] });
      }
    });
    const sent = await Promise.all(sends);
    await Promise.all(comings);
    expect(new Set(outcomes(sent))).toEqual(new Set(['stored']));
    for (const chatId of chats) {
      await house.expectDense(chatId, services.length * perWriter);
      const inChat = sent.map(stored).filter((one) => one.chat_id === chatId);
      expect(new Set(inChat.map((one) => one.seq)).size).toBe(services.length * perWriter);
    }
  });
});

describe('a chat whose head somebody else holds', () => {
  it('does not hold up the others', async () => {
    const [held, free] = [await house.chat(1), await house.chat(1)];
    const late = await house.whileLocked(held, async () => {
      const waiting = first.send(message(held, 1, 'waits'));
      const sent = await Promise.all(upTo(50).map((n) => first.send(message(free, 1, `free ${n}`))));
      expect(new Set(outcomes(sent))).toEqual(new Set(['stored']));
      return waiting;
    });
    expect(late.outcome).toBe('stored');
    await house.expectDense(held, 1);
  });

  it('sees a removal that was committed while it waited', async () => {
    const chatId = await house.chat(1, 2);
    const leave = sql(
      'spec.leave',
      'UPDATE message.chat_access SET left_seq = 1 WHERE chat_id = $1 AND user_id = $2 AND left_seq IS NULL',
    );
    const sent = await house.whileLocked(chatId, () => first.send(message(chatId, 2, 'too late')), {
      statement: leave,
      params: [chatId, 2],
    });
    expect(sent.outcome).toBe('not_found');
    await house.expectDense(chatId, 0);
  });

  it('sees a message under the same key that was committed while it waited', async () => {
    const chatId = await house.chat(1);
    await second.send(message(chatId, 1, 'same', 'before'));
    const rename = sql('spec.rename', `UPDATE message.messages SET idempotency_key = 'k' WHERE chat_id = $1`);
    const sent = await house.whileLocked(chatId, () => first.send(message(chatId, 1, 'different', 'k')), {
      statement: rename,
      params: [chatId],
    });
    expect(sent.outcome).toBe('conflict');
    await house.expectDense(chatId, 1);
  });

  it('answers UNAVAILABLE when it is held too long, and stores nothing then', async () => {
    const chatId = await house.chat(1);
    await house.database.transaction(async (transaction) => {
      const lock = sql('spec.hold', 'SELECT FROM message.chat_heads WHERE chat_id = $1 FOR UPDATE');
      await transaction.query(lock, [chatId]);
      const refusal: unknown = await first.send(message(chatId, 1, 'hello', 'k')).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(FechatterError);
      expect(refusal).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('was not stored') });
    });
    expect(outcomes([await first.send(message(chatId, 1, 'hello', 'k'))])).toEqual(['stored']);
    await house.expectDense(chatId, 1);
  });
});

describe('a connection that breaks in the middle of a flush', () => {
  it.each([
    ['safe to repeat with the key', 'k', 'with the same idempotency key is safe'],
    ['not safe to repeat without one', null, 'may store it twice'],
  ])('leaves the outcome unknown, and the answer says that it is %s', async (_, key, words) => {
    const chatId = await house.chat(1);
    await house.throughoutLocked(chatId, async () => {
      const refusal = first.send(message(chatId, 1, 'hello', key)).catch((error: unknown) => error);
      await house.untilSomebodyWaits();
      await house.database.query(
        sql(
          'spec.terminate',
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE wait_event_type = 'Lock' AND query LIKE '%flush_messages%'`,
        ),
      );
      expect(await refusal).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining(words) });
    });
    await first.send(message(chatId, 1, 'next'));
    await house.expectDense(chatId, 1);
  });
});
