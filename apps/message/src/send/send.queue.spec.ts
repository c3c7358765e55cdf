import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from '#database/statement.js';
import { metrics } from '#telemetry/metrics.js';
import { upTo } from '#testing/range.js';
import { handOver, listen, loggedChat, workspaceId } from '../chat.fixture.js';
import { message, outcomes, send, sendAll, SendHouse, stored } from './send.fixture.js';
import type { SendQueue } from './send.queue.js';

let house: SendHouse;
/** Two message services. */
let first: SendQueue;
let second: SendQueue;

beforeAll(async () => {
  house = await SendHouse.start();
  first = await house.service();
  second = await house.service();
}, 60_000);

afterAll(() => house.house.close());

describe('a flush', () => {
  it('stores what arrives together in the order of arrival and tells the readers of the log', async () => {
    const chatId = await house.chat(1, 2);
    const queue = await house.service(house.house.bus);
    const entries = listen(house.house.bus);
    const sent = await Promise.all(upTo(20).map((n) => send(queue, message(chatId, 1 + (n % 2), `message ${n}`))));
    expect(sent.map((one) => stored(one).content)).toEqual(upTo(20).map((n) => `message ${n}`));
    expect(sent.map((one) => stored(one).seq)).toEqual(upTo(20).map((n) => n + 1));
    expect(entries).toEqual(
      sent.map((one) => ({
        type: 'message.created',
        chat_id: chatId,
        seq: stored(one).seq,
        data: { message: stored(one) },
      })),
    );
    await house.expectDense(chatId, 20);
  });

  it('is counted with what it has stored, and nothing waits afterwards', async () => {
    const chatId = await house.chat(1, 2);
    const sum = async () => Number(/^fechatter_flush_messages_sum (\d+)$/m.exec(await metrics.metrics())?.[1]);
    const before = await sum();
    await Promise.all(upTo(20).map((n) => send(first, message(chatId, 1, `message ${n}`))));
    await send(first, message(chatId, 1, 'once', 'key'));
    await send(first, message(chatId, 1, 'once', 'key'));
    expect((await sum()) - before).toBe(21);
    expect(await metrics.metrics()).toMatch(/^fechatter_send_waiting_messages 0$/m);
  });

  it('moves the read position of the sender up to the own message', async () => {
    const chatId = await house.chat(1, 2);
    await send(first, message(chatId, 1, 'one'));
    await send(first, message(chatId, 2, 'two'));
    const rows = await house.database.query(
      sql(
        'spec.status',
        'SELECT user_id, read_seq, read_count FROM message.message_status WHERE chat_id = $1 ORDER BY 1',
      ),
      [chatId],
    );
    expect(rows).toEqual([
      { user_id: 1, read_seq: 2, read_count: 1 },
      { user_id: 2, read_seq: 3, read_count: 2 },
    ]);
  });

  it('folds equal keys: the same text is one message, another text is a conflict', async () => {
    const chatId = await house.chat(1, 2);
    const sent = await Promise.all([
      send(first, message(chatId, 1, 'hello', 'k')),
      send(first, message(chatId, 1, 'hello', 'k')),
      send(first, message(chatId, 1, 'other', 'k')),
      send(first, message(chatId, 2, 'hello', 'k')),
      send(first, message(chatId, 1, 'last')),
    ]);
    expect(outcomes(sent)).toEqual(['stored', 'replayed', 'conflict', 'stored', 'stored']);
    expect(stored(sent[1])).toEqual(stored(sent[0]));
    await house.expectDense(chatId, 3);
  });

  it('answers a repetition with what is stored, also after the sender has lost access', async () => {
    const chatId = await house.chat(1, 2);
    const original = await send(first, message(chatId, 2, 'hello', 'k'));
    await handOver(house.house.bus, chatId, 2, { type: 'member.removed', user_ids: [2] });
    expect(await send(second, message(chatId, 2, 'hello', 'k'))).toEqual({
      outcome: 'replayed',
      message: stored(original),
    });
    expect(outcomes([await send(second, message(chatId, 2, 'other', 'k'))])).toEqual(['conflict']);
    expect(outcomes([await send(second, message(chatId, 2, 'hello', 'l'))])).toEqual(['not_found']);
    await house.expectDense(chatId, 1);
  });

  it('stores the good messages beside all kinds of bad ones', async () => {
    const [good, archived, foreign] = [await house.chat(1), await house.chat(1), await house.chat(2)];
    await handOver(house.house.bus, archived, 2, { type: 'chat.updated', chat: loggedChat(archived, true) });
    await send(first, message(good, 1, 'taken', 'k'));
    const sent = await Promise.allSettled([
      send(first, message(good, 1, 'a')),
      send(first, message(archived, 1, 'b')),
      send(first, message(foreign, 1, 'c')),
      send(first, message(9_999_999, 1, 'd')),
      send(first, message(good, 1, 'not taken', 'k')),
      send(first, message(good, 1, 'what PostgreSQL cannot store: \0')),
      send(first, message(good, 1, 'e')),
    ]);
    expect(sent.map((result) => (result.status === 'fulfilled' ? result.value.outcome : 'failed'))).toEqual([
      'stored',
      'archived',
      'not_found',
      'not_found',
      'conflict',
      'failed',
      'stored',
    ]);
    await house.expectDense(good, 3);
    await house.expectDense(foreign, 0);
  });

  it('refuses who is denied the workspace', async () => {
    const chatId = await house.chat(1, 2);
    await house.database.query(sql('spec.deny', 'INSERT INTO message.workspace_denials VALUES ($1, 2)'), [workspaceId]);
    const sent = await Promise.all([send(first, message(chatId, 2, 'a')), send(first, message(chatId, 1, 'b'))]);
    await house.database.query(sql('spec.allow', 'DELETE FROM message.workspace_denials'));
    expect(outcomes(sent)).toEqual(['not_found', 'stored']);
  });

  it('never lets a live time fall below the one before', async () => {
    const chatId = await house.chat(1);
    const future = new Date(Date.now() + 60_000);
    await house.database.query(
      sql('spec.future', 'UPDATE message.chat_heads SET last_created_at = $2 WHERE chat_id = $1'),
      [chatId, future],
    );
    expect(stored(await send(first, message(chatId, 1, 'later'))).created_at).toBe(future.toISOString());
  });
});

describe('the queue', () => {
  it('refuses what is beyond its bound with a time to wait, and stores everything else', async () => {
    const chatId = await house.chat(1);
    const results = await Promise.allSettled(
      upTo(11_000).map(async (n) => send(first, message(chatId, 1, `m ${n}`), 60_000)),
    );
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    // The first has left the queue before the others come, unless others had come together before it.
    expect([999, 1_000]).toContain(refused.length);
    expect(refused[0]).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 });
    await house.expectDense(chatId, 11_000 - refused.length);
  });

  it('takes a batch whole or not at all', async () => {
    const chatId = await house.chat(1);
    const batch = upTo(500).map((n) => message(chatId, 1, `m ${n}`));
    const results = await Promise.allSettled(upTo(22).map(() => sendAll(first, batch, 60_000)));
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    expect([1, 2]).toContain(refused.length);
    expect(refused[0]).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 });
    await house.expectDense(chatId, 500 * (22 - refused.length));
  });

  it('does not begin what nobody waits for any more', async () => {
    const chatId = await house.chat(1);
    await expect(send(first, message(chatId, 1, 'late'), -1)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await house.expectDense(chatId, 0);
  });
});
