import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { logRpc, type LogEntry } from '#contracts/log.contract.js';
import { messageRpc, type Message } from '#contracts/message.contract.js';
import { mostPins, pinRpc, type Pin, type PinPage } from '#contracts/pin.contract.js';
import type { Database } from '#database/database.js';
import type { House } from '#testing/app.js';
import { asService, asUser } from '#testing/caller.js';
import { upTo } from '#testing/range.js';
import { handOver, loggedChat, logNumbers, newChat, startMessages } from '../chat.fixture.js';

let house: House;
let database: Database;
let live: LogEntry[];

beforeAll(async () => {
  ({ house, database, entries: live } = await startMessages());
});

afterAll(() => house.close());

const pin = (messageId: number, userId: number) =>
  house.bus.call(pinRpc.add, { message_id: messageId }, { as: asUser(userId) });
const unpin = (messageId: number, userId: number) =>
  house.bus.call(pinRpc.remove, { message_id: messageId }, { as: asUser(userId) });
const list = (chatId: number, more: { limit?: number; cursor?: string } = {}, userId = 1) =>
  house.bus.call(pinRpc.list, { chat_id: chatId, ...more }, { as: asUser(userId) });
const send = (chatId: number, content: string) =>
  house.bus.call(messageRpc.send, { chat_id: chatId, content }, { as: asUser(1) });

const chat = (...userIds: number[]) => newChat(house.bus, ...userIds);

async function walk(chatId: number, limit: number): Promise<Pin[]> {
  const pins: Pin[] = [];
  for (let cursor: string | undefined; ;) {
    const page: PinPage = await list(chatId, { limit, ...(cursor === undefined ? {} : { cursor }) });
    pins.push(...page.pins);
    expect(page.has_more).toBe(page.next_cursor !== null);
    if (page.next_cursor === null) return pins;
    cursor = page.next_cursor;
  }
}

describe('a pin', () => {
  it('is an entry of the log and leaves the message as it is', async () => {
    const chatId = await chat(1, 2);
    const sent = await send(chatId, 'important');
    await pin(sent.id, 2);
    await pin(sent.id, 1);
    const entries = live.filter((entry) => entry.chat_id === chatId);
    const at = expect.any(String) as unknown as string;
    const data = { message_id: sent.id, user_id: 2, actor_id: 2, created_at: at };
    expect(entries.slice(2)).toEqual([{ type: 'message.pinned', chat_id: chatId, seq: 3, data }]);
    const [pinned] = entries.slice(2);
    const pinned_at = pinned?.type === 'message.pinned' ? pinned.data.created_at : '';
    const one = { message: sent, pinned_by: 2, pinned_at };
    expect(await list(chatId)).toEqual({ pins: [one], next_cursor: null, has_more: false, as_of_seq: 3 });
    await unpin(sent.id, 1);
    await unpin(sent.id, 1);
    expect(await list(chatId)).toMatchObject({ pins: [], as_of_seq: 4 });
    const log = await house.bus.call(logRpc.follow, { chat_id: chatId, after: 2 }, { as: asService('search') });
    expect(log.entries).toEqual(live.filter((entry) => entry.chat_id === chatId).slice(2));
    expect((await logNumbers(database, chatId)).seqs).toEqual(upTo(4));
  });

  it('is listed by when it was pinned, by cursor as at once, and in pages that fit on the bus', async () => {
    const chatId = await chat(1);
    const sent: Message[] = [];
    for (const n of upTo(12)) sent.push(await send(chatId, `${n} ${'語'.repeat(16_000)}`));
    for (const { id } of sent.toReversed()) await pin(id, 1);
    const first = await list(chatId, { limit: 100 });
    expect(first.has_more).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(first))).toBeLessThan(600_000);
    for (const limit of [1, 5, 100])
      expect((await walk(chatId, limit)).map(({ message }) => message.id)).toEqual(sent.map(({ id }) => id));
    const cursor = first.next_cursor ?? '';
    await expect(list(await chat(1), { cursor })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  });

  it('is one of at most a hundred', async () => {
    const chatId = await chat(1);
    const sent: Message[] = [];
    for (const n of upTo(mostPins + 1)) sent.push(await send(chatId, `message ${n}`));
    const last = sent.pop()?.id ?? 0;
    for (const { id } of sent) await pin(id, 1);
    await expect(pin(last, 1)).rejects.toMatchObject({ code: 'CONFLICT' });
    await pin(sent[0]?.id ?? 0, 1);
    await unpin(sent[0]?.id ?? 0, 1);
    await pin(last, 1);
    expect((await list(chatId, { limit: mostPins })).pins).toHaveLength(mostPins);
  });

  it('goes with its message', async () => {
    const chatId = await chat(1);
    const { id } = await send(chatId, 'for a while');
    await pin(id, 1);
    await house.bus.call(messageRpc.delete, { message_id: id }, { as: asUser(1) });
    expect((await list(chatId)).pins).toEqual([]);
    for (const change of [pin, unpin]) await expect(change(id, 1)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('is for present members and open chats', async () => {
    const chatId = await chat(1, 2);
    const { id } = await send(chatId, 'important');
    await handOver(house.bus, chatId, 2, { type: 'member.removed', user_ids: [2] });
    for (const userId of [2, 9]) {
      for (const change of [pin, unpin]) await expect(change(id, userId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(list(chatId, {}, userId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    await pin(id, 1);
    await handOver(house.bus, chatId, 3, { type: 'chat.updated', chat: loggedChat(chatId, true) });
    for (const change of [pin, unpin]) await expect(change(id, 1)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect((await list(chatId)).pins).toHaveLength(1);
    expect((await logNumbers(database, chatId)).seqs).toEqual(upTo(5));
  });
});
