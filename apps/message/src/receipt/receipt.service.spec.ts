import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { messageRpc } from '#contracts/message.contract.js';
import { receiptRpc, type DeliveryMark, type Receipt, type ReceiptPage } from '#contracts/receipt.contract.js';
import type { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import type { House } from '#testing/app.js';
import { asService, asUser } from '#testing/caller.js';
import { upTo } from '#testing/range.js';
import { handOver, newChat, startMessages } from '../chat.fixture.js';

let house: House;
let database: Database;

beforeAll(async () => {
  ({ house, database } = await startMessages());
});

afterAll(() => house.close());

const list = (chatId: number, more: { limit?: number; cursor?: string } = {}, userId = 1): Promise<ReceiptPage> =>
  house.bus.call(receiptRpc.list, { chat_id: chatId, ...more }, { as: asUser(userId) });
const send = (chatId: number, userId = 1) =>
  house.bus.call(messageRpc.send, { chat_id: chatId, content: 'text' }, { as: asUser(userId) });
const deliver = async (...marks: DeliveryMark[]) =>
  (await house.bus.call(receiptRpc.deliver, { marks }, { as: asService('gateway') })).postponed;
const mark = (user_id: number, chat_id: number, seq: number): DeliveryMark => ({ user_id, chat_id, seq });

const chat = (...userIds: number[]) => newChat(house.bus, ...userIds);

async function receiptOf(chatId: number, userId: number): Promise<Receipt | undefined> {
  return (await list(chatId)).receipts.find(({ user_id }) => user_id === userId);
}

describe('receipts', () => {
  it('are those of the present members, in pages by user', async () => {
    const chatId = await chat(1, 5, 3, 2, 4);
    await handOver(house.bus, chatId, 2, { type: 'member.removed', user_ids: [4] });
    const { seq } = await send(chatId);
    await house.bus.call(messageRpc.read, { chat_id: chatId, seq: 2 }, { as: asUser(3) });
    const all = [
      { user_id: 1, delivered_seq: seq, read_seq: seq },
      { user_id: 2, delivered_seq: 1, read_seq: 1 },
      { user_id: 3, delivered_seq: 2, read_seq: 2 },
      { user_id: 5, delivered_seq: 1, read_seq: 1 },
    ];
    expect(await list(chatId)).toEqual({ receipts: all, next_cursor: null, has_more: false });
    const first = await list(chatId, { limit: 3 });
    expect(first).toMatchObject({ receipts: all.slice(0, 3), has_more: true });
    const cursor = first.next_cursor ?? '';
    expect(await list(chatId, { limit: 3, cursor })).toMatchObject({ receipts: all.slice(3), next_cursor: null });
    for (const userId of [4, 9]) await expect(list(chatId, {}, userId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(list(await chat(1), { cursor })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  });
});

describe('a delivery mark', () => {
  it('moves forward only, at most to the end of the log, and leaves what is read and the inbox alone', async () => {
    const chatId = await chat(1, 2);
    for (let count = 0; count < 4; count += 1) await send(chatId);
    const inbox = () => house.bus.call(messageRpc.inbox, {}, { as: asUser(2) });
    const before = await inbox();
    expect(await deliver(mark(2, chatId, 2), mark(2, chatId, 4), mark(2, chatId, 3))).toEqual([]);
    expect(await receiptOf(chatId, 2)).toEqual({ user_id: 2, delivered_seq: 4, read_seq: 1 });
    await deliver(mark(2, chatId, 3));
    expect((await receiptOf(chatId, 2))?.delivered_seq).toBe(4);
    await deliver(mark(2, chatId, 4711));
    expect((await receiptOf(chatId, 2))?.delivered_seq).toBe(5);
    expect(await inbox()).toEqual(before);
  });

  it('counts for present members only', async () => {
    const chatId = await chat(1, 2, 3);
    await handOver(house.bus, chatId, 2, { type: 'member.removed', user_ids: [3] });
    const { seq } = await send(chatId);
    expect(await deliver(...[2, 3, 9].map((userId) => mark(userId, chatId, seq)), mark(1, 99, 1))).toEqual([]);
    const positions = sql(
      'spec.delivered',
      'SELECT user_id, delivered_seq FROM message.message_status WHERE chat_id = $1 ORDER BY user_id',
    );
    expect(await database.query(positions, [chatId])).toEqual([
      { user_id: 1, delivered_seq: seq },
      { user_id: 2, delivered_seq: seq },
      { user_id: 3, delivered_seq: 1 },
    ]);
  });

  it('waits for nobody: what somebody else is writing comes back', async () => {
    const chatId = await chat(1, 2, 3);
    const { seq } = await send(chatId);
    const lock = sql(
      'spec.lock_status',
      'SELECT FROM message.message_status WHERE chat_id = $1 AND user_id = 2 FOR UPDATE',
    );
    const marks = [mark(2, chatId, seq), mark(3, chatId, seq)];
    await database.transaction(async (transaction) => {
      await transaction.query(lock, [chatId]);
      expect(await deliver(...marks)).toEqual([mark(2, chatId, seq)]);
      expect((await receiptOf(chatId, 3))?.delivered_seq).toBe(seq);
    });
    expect(await deliver(...marks)).toEqual([]);
    expect((await receiptOf(chatId, 2))?.delivered_seq).toBe(seq);
  });

  it('does not get into the way of sends, nor of others', async () => {
    const chatIds = await Promise.all(upTo(6).map(() => chat(1, 2, 3, 4)));
    const users = [1, 2, 3, 4];
    const marks = chatIds.flatMap((chatId) => users.map((userId) => mark(userId, chatId, 30)));
    await Promise.all(
      upTo(20).flatMap((round) => [
        ...chatIds.flatMap((chatId) => send(chatId, users[round % users.length])),
        deliver(...(round % 2 === 0 ? marks : marks.toReversed())),
      ]),
    );
    expect(await deliver(...marks)).toEqual([]);
    for (const chatId of chatIds) {
      const { receipts } = await list(chatId);
      expect(receipts.map(({ delivered_seq }) => delivered_seq)).toEqual([21, 21, 21, 21]);
    }
  });
});
