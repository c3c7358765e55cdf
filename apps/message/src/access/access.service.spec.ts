import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accessRpc, type AccessChange } from '#contracts/access.contract.js';
import { logEvent, type LogEntry } from '#contracts/log.contract.js';
import { messageRpc } from '#contracts/message.contract.js';
import type { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import type { House } from '#testing/app.js';
import { asService, asUser } from '#testing/caller.js';
import { upTo } from '#testing/range.js';
import {
  createChat,
  handOver,
  loggedChat,
  logNumbers,
  newChat,
  nextChatId,
  startMessages,
  workspaceId,
} from '../chat.fixture.js';

let house: House;
let database: Database;
let entries: LogEntry[];

beforeAll(async () => {
  ({ house, database, entries } = await startMessages());
}, 60_000);

afterAll(() => house.close());

const added = (...ids: number[]): AccessChange => ({
  type: 'member.added',
  members: ids.map((user_id) => ({ user_id, role: 'member' })),
});

function send(chatId: number, userId: number, content = 'hello') {
  return house.bus.call(messageRpc.send, { chat_id: chatId, content }, { as: asUser(userId) });
}

async function stays(chatId: number): Promise<unknown[]> {
  const statement = sql(
    'spec.stays',
    'SELECT user_id, role, joined_seq, left_seq FROM message.chat_access WHERE chat_id = $1 ORDER BY joined_seq, user_id',
  );
  return database.query(statement, [chatId]);
}

async function inboxVersion(userId: number): Promise<number> {
  const [row] = await database.query<{ version: number }>(
    sql('spec.inbox', 'SELECT version FROM message.inbox_heads WHERE user_id = $1'),
    [userId],
  );
  return row?.version ?? 0;
}

describe('a hand-over', () => {
  it('makes the chat with one entry for all its first members', async () => {
    const chatId = await newChat(house.bus, 1, 2);
    expect(await stays(chatId)).toEqual([
      { user_id: 1, role: 'owner', joined_seq: 1, left_seq: null },
      { user_id: 2, role: 'member', joined_seq: 1, left_seq: null },
    ]);
    expect(entries.at(-1)).toEqual({
      type: 'chat.created',
      chat_id: chatId,
      seq: 1,
      data: {
        chat: loggedChat(chatId),
        members: [
          { user_id: 1, role: 'owner' },
          { user_id: 2, role: 'member' },
        ],
        actor_id: 1,
        created_at: expect.any(String),
      },
    });
  });

  it('is applied only as the next version: older ones are done, later ones change nothing', async () => {
    const chatId = nextChatId();
    expect(await handOver(house.bus, chatId, 2, added(3))).toBe(0);
    await createChat(house.bus, chatId, [1]);
    expect(await handOver(house.bus, chatId, 3, added(3))).toBe(1);
    expect(await handOver(house.bus, chatId, 2, added(2))).toBe(2);
    expect(await handOver(house.bus, chatId, 2, added(2))).toBe(2);
    expect(await handOver(house.bus, chatId, 1, added(9))).toBe(2);
    expect(await handOver(house.bus, chatId, 3, added(3))).toBe(3);
    expect((await stays(chatId)).length).toBe(3);
    expect(await logNumbers(database, chatId)).toEqual({ seqs: [1, 2, 3], lastSeq: 3 });
  });

  it('is applied once when it comes many times at once', async () => {
    const chatId = await newChat(house.bus, 1);
    const versions = await Promise.all(upTo(8).map(() => handOver(house.bus, chatId, 2, added(2, 3))));
    expect(new Set(versions)).toEqual(new Set([2]));
    expect(await logNumbers(database, chatId)).toEqual({ seqs: [1, 2, 3], lastSeq: 3 });
  });

  it('gives each added and removed member an entry and a stay between them', async () => {
    const chatId = await newChat(house.bus, 1);
    await handOver(house.bus, chatId, 2, added(2, 3, 3, 1));
    await send(chatId, 2);
    await handOver(house.bus, chatId, 3, { type: 'member.removed', user_ids: [2, 9] });
    await handOver(house.bus, chatId, 4, added(2));
    await handOver(house.bus, chatId, 5, { type: 'member.updated', member: { user_id: 3, role: 'admin' } });
    expect(await stays(chatId)).toEqual([
      { user_id: 1, role: 'owner', joined_seq: 1, left_seq: null },
      { user_id: 2, role: 'member', joined_seq: 2, left_seq: 5 },
      { user_id: 3, role: 'admin', joined_seq: 3, left_seq: null },
      { user_id: 2, role: 'member', joined_seq: 6, left_seq: null },
    ]);
    const { seqs } = await logNumbers(database, chatId);
    expect(seqs).toEqual(upTo(7));
    expect(entries.filter((entry) => entry.chat_id === chatId).map(({ seq, type }) => `${seq} ${type}`)).toEqual([
      '1 chat.created',
      '2 member.added',
      '3 member.added',
      '4 message.created',
      '5 member.removed',
      '6 member.added',
      '7 member.updated',
    ]);
  });

  it('acts on the very next send: who joined may, who was removed may not', async () => {
    const chatId = await newChat(house.bus, 1);
    await expect(send(chatId, 2)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await handOver(house.bus, chatId, 2, added(2));
    expect((await send(chatId, 2)).seq).toBe(3);
    await handOver(house.bus, chatId, 3, { type: 'member.removed', user_ids: [2] });
    await expect(send(chatId, 2)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('lets a stay begin with everything read, and never moves a read position back', async () => {
    const chatId = await newChat(house.bus, 1);
    await send(chatId, 1);
    await handOver(house.bus, chatId, 2, added(2));
    await send(chatId, 2);
    await handOver(house.bus, chatId, 3, { type: 'member.removed', user_ids: [2] });
    await send(chatId, 1);
    await handOver(house.bus, chatId, 4, added(2));
    const status = sql(
      'spec.position',
      'SELECT read_seq, read_count FROM message.message_status WHERE chat_id = $1 AND user_id = 2',
    );
    expect(await database.query(status, [chatId])).toEqual([{ read_seq: 7, read_count: 3 }]);
  });

  it('closes an archived chat for sending and opens it again', async () => {
    const chatId = await newChat(house.bus, 1);
    await handOver(house.bus, chatId, 2, { type: 'chat.updated', chat: loggedChat(chatId, true) });
    await expect(send(chatId, 1)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await handOver(house.bus, chatId, 3, { type: 'chat.updated', chat: loggedChat(chatId) });
    expect((await send(chatId, 1)).seq).toBe(4);
  });

  it('ends every stay when the chat is deleted', async () => {
    const chatId = await newChat(house.bus, 1, 2);
    await handOver(house.bus, chatId, 2, { type: 'chat.deleted' });
    await expect(send(chatId, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await stays(chatId)).toEqual([
      { user_id: 1, role: 'owner', joined_seq: 1, left_seq: 2 },
      { user_id: 2, role: 'member', joined_seq: 1, left_seq: 2 },
    ]);
  });

  it('raises the inbox of everybody whose access it changes, and of nobody else', async () => {
    const chatId = nextChatId();
    const before = await Promise.all([101, 102, 103].map(inboxVersion));
    const heard: unknown[] = [];
    house.bus.subscribe(logEvent.user, { user_id: 102 }, (event) => {
      heard.push(event);
    });
    await createChat(house.bus, chatId, [101]);
    await handOver(house.bus, chatId, 2, added(102));
    await handOver(house.bus, chatId, 3, { type: 'chat.updated', chat: loggedChat(chatId) });
    await handOver(house.bus, chatId, 4, { type: 'member.removed', user_ids: [102] });
    const after = await Promise.all([101, 102, 103].map(inboxVersion));
    expect(after.map((version, index) => version - (before[index] ?? 0))).toEqual([1, 2, 0]);
    expect(heard).toEqual([
      { type: 'access', chat_id: chatId, version: 1 },
      { type: 'access', chat_id: chatId, version: 2 },
    ]);
  });

  it('of many chats with the same people at once ends for all of them', async () => {
    const chats = upTo(12).map(() => nextChatId());
    const people = [...upTo(40)];
    await Promise.all(
      chats.map(async (chatId, index) => {
        await createChat(house.bus, chatId, [1]);
        const order = index % 2 === 0 ? people : people.toReversed();
        await handOver(house.bus, chatId, 2, added(...order));
        await handOver(house.bus, chatId, 3, { type: 'member.removed', user_ids: order.slice(0, 30) });
      }),
    );
    for (const chatId of chats) {
      const { seqs, lastSeq } = await logNumbers(database, chatId);
      expect(seqs).toEqual(upTo(lastSeq));
    }
  });
});

describe('a denial', () => {
  const user = { workspace_id: workspaceId, user_id: 55 };

  it('shuts a user out of the whole workspace until it is ended', async () => {
    const chatId = await newChat(house.bus, 1, 55);
    await house.bus.call(accessRpc.deny, user, { as: asService('chat') });
    await house.bus.call(accessRpc.deny, user, { as: asService('chat') });
    await expect(send(chatId, 55)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const list = () => house.bus.call(messageRpc.list, { chat_id: chatId }, { as: asUser(55) });
    await expect(list()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await house.bus.call(accessRpc.allow, user, { as: asService('chat') });
    expect((await send(chatId, 55)).seq).toBe(2);
    expect((await list()).messages).toHaveLength(1);
  });

  it('cannot be made by users', async () => {
    await expect(house.bus.call(accessRpc.deny, user, { as: asUser(1) })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});
