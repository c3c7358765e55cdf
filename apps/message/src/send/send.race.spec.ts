import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FechatterError } from '#contracts/error.js';
import { messageRpc } from '#contracts/message.contract.js';
import { sql } from '#database/statement.js';
import { asUser } from '#testing/caller.js';
import { upTo } from '#testing/range.js';
import { handOver, serveUsers } from '../chat.fixture.js';
import { message, outcomes, send, sendAll, SendHouse, stored } from './send.fixture.js';
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
        send(first, message(chatId, 1, 'same', `key ${round}`)),
        send(second, message(chatId, 1, 'same', `key ${round}`)),
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
        upTo(perWriter).map((n) => send(queue, message(chatId, 1 + (n % 3), `${s} ${n}`, n % 2 ? `${s} ${n}` : null))),
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

describe('three of them with singles, batches, replies, repeated keys, deletions and members who come and go', () => {
  it('never deadlock, and leave dense logs, whole batches, keys once, and reply counts that equal a recount', async () => {
    const chats = [await house.chat(1, 2, 3), await house.chat(1, 2, 3), await house.chat(1, 2, 3)];
    const services = [first, second, await house.service()];
    serveUsers(house.house.bus);
    const parents = await Promise.all(chats.map(async (chatId) => stored(await send(first, message(chatId, 1, 'p')))));
    const pick = <Item>(items: readonly Item[], n: number) => items[n % items.length] as Item;
    /** The nth message: of all three chats, every third a reply, most under keys that several services repeat. */
    const nth = (n: number, content: string, userId: number) => {
      const { chat_id, id } = pick(parents, n);
      const key = n % 4 === 0 ? null : `key ${n % 200}`;
      const body = key === null ? content : `under ${key}`;
      return { ...message(chat_id, userId, body, key), parentId: (n % 200) % 3 === 0 ? id : null };
    };
    const sends = services.flatMap((queue, s) =>
      upTo(60).map(async (n) => {
        const userId = pick([1, 2, 3, 4], n + s);
        const size = n % 3 === 0 ? 1 + ((7 * n) % 20) : 1;
        const unit = upTo(size).map((m) => nth(31 * n + m, `unit ${s}.${n}`, userId));
        return { unit, sent: await sendAll(queue, unit) };
      }),
    );
    const comings = chats.map(async (chatId) => {
      for (const round of upTo(8)) {
        const members = [{ user_id: 4, role: 'member' as const }];
        await handOver(house.house.bus, chatId, 2 * round, { type: 'member.added', members });
        await handOver(house.house.bus, chatId, 2 * round + 1, { type: 'member.removed', user_ids: [4] });
      }
    });
    const deletions = sends.map(async (sending, n) => {
      const [one] = (await sending).sent;
      if (n % 9 !== 0 || one === undefined || !('message' in one)) return;
      const request = { message_id: one.message.id };
      await house.house.bus.call(messageRpc.delete, request, { as: asUser(1) });
    });
    const units = await Promise.all(sends);
    await Promise.all([...comings, ...deletions]);

    const acknowledged = new Set<number>();
    for (const { sent } of units) {
      const told = new Set(outcomes(sent));
      const isWhole = !told.has('stored') || [...told].every((one) => one === 'stored' || one === 'replayed');
      expect({ told, isWhole }).toEqual({ told, isWhole: true });
      for (const one of sent) if ('message' in one) acknowledged.add(one.message.id);
    }
    expect(units.filter(({ sent }) => outcomes(sent).includes('dropped')).length).toBeGreaterThan(0);
    const rows = await house.database.query<Counted>(recount, [chats]);
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set([...acknowledged, ...parents.map(({ id }) => id)]));
    for (const { id, reply_count, repeats, recount: counted } of rows) {
      expect({ id, reply_count, repeats }).toEqual({ id, reply_count: counted, repeats: 1 });
    }
    for (const chatId of chats) await house.expectDense(chatId, rows.filter((row) => row.chat_id === chatId).length);
  });
});

interface Counted {
  chat_id: number;
  id: number;
  reply_count: number;
  recount: number;
  repeats: number;
}

const recount = sql(
  'spec.recount',
  `SELECT m.chat_id, m.id, m.reply_count,
     (SELECT count(*) FROM message.messages r WHERE r.chat_id = m.chat_id AND r.parent_id = m.id AND r.deleted_at IS NULL)
       AS recount,
     (SELECT count(*) FROM message.messages k WHERE k.id = m.id OR k.chat_id = m.chat_id AND k.sender_id = m.sender_id
       AND k.idempotency_key = m.idempotency_key) AS repeats
   FROM message.messages m WHERE m.chat_id = ANY ($1::bigint[])`,
);

describe('a chat whose head somebody else holds', () => {
  it('does not hold up the others', async () => {
    const [held, free] = [await house.chat(1), await house.chat(1)];
    const late = await house.whileLocked(held, async () => {
      const waiting = send(first, message(held, 1, 'waits'));
      const sent = await Promise.all(upTo(50).map((n) => send(first, message(free, 1, `free ${n}`))));
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
    const sent = await house.whileLocked(chatId, () => send(first, message(chatId, 2, 'too late')), {
      statement: leave,
      params: [chatId, 2],
    });
    expect(sent.outcome).toBe('not_found');
    await house.expectDense(chatId, 0);
  });

  it('sees a message under the same key that was committed while it waited', async () => {
    const chatId = await house.chat(1);
    await send(second, message(chatId, 1, 'same', 'before'));
    const rename = sql('spec.rename', `UPDATE message.messages SET idempotency_key = 'k' WHERE chat_id = $1`);
    const sent = await house.whileLocked(chatId, () => send(first, message(chatId, 1, 'different', 'k')), {
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
      const refusal: unknown = await send(first, message(chatId, 1, 'hello', 'k')).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(FechatterError);
      expect(refusal).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('was not stored') });
    });
    expect(outcomes([await send(first, message(chatId, 1, 'hello', 'k'))])).toEqual(['stored']);
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
      const refusal = send(first, message(chatId, 1, 'hello', key)).catch((error: unknown) => error);
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
    await send(first, message(chatId, 1, 'next'));
    await house.expectDense(chatId, 1);
  });
});
