import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { accessRpc } from '#contracts/access.contract.js';
import { messageRpc, type InboxChat } from '#contracts/message.contract.js';
import { Database } from '#database/database.js';
import type { House } from '#testing/app.js';
import { asService, asUser } from '#testing/caller.js';
import { createChat, handOver, startMessages, workspaceId } from '../chat.fixture.js';

const chatIds = Array.from({ length: 30 }, (_, index) => index + 1);
let house: House;

type Request = Parameters<typeof inbox>[1];

function inbox(userId: number, request: { workspace_id?: number; limit?: number; cursor?: string } = {}) {
  return house.bus.call(messageRpc.inbox, request, { as: asUser(userId) });
}

const send = (chatId: number, content: string, userId = 1) =>
  house.bus.call(messageRpc.send, { chat_id: chatId, content }, { as: asUser(userId) });

async function walk(userId: number, request: Request): Promise<InboxChat[]> {
  const chats: InboxChat[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await inbox(userId, { ...request, ...(cursor ? { cursor } : {}) });
    chats.push(...page.chats);
    cursor = page.next_cursor;
    expect(page.has_more).toBe(cursor !== null);
  } while (cursor !== null);
  return chats;
}

beforeAll(async () => {
  ({ house } = await startMessages());
  for (const chatId of chatIds) {
    await createChat(house.bus, chatId, [1, 2]);
    if (chatId % 3 !== 0) await send(chatId, `first in ${chatId}`);
    if (chatId % 5 === 0) await send(chatId, `@user2 look at ${chatId}`);
  }
});

afterAll(() => house.close());

describe('an inbox', () => {
  it('has every chat of the user, newest activity first, with what waits there', async () => {
    const { chats, has_more, next_cursor, version, epoch } = await inbox(2);
    expect(chats.map(({ chat_id }) => chat_id)).toEqual(chatIds.toReversed());
    expect({ has_more, next_cursor, version }).toEqual({ has_more: false, next_cursor: null, version: 30 });
    expect(epoch).toBeGreaterThan(0);
    expect(chats.find(({ chat_id }) => chat_id === 10)).toEqual({
      ...{ chat_id: 10, workspace_id: workspaceId, role: 'member', joined_seq: 1, last_seq: 3, read_seq: 1 },
      ...{ unread_count: 2, mention_count: 1, last_activity_at: expect.any(String) },
      last_message: {
        id: expect.any(Number),
        content: '@user2 look at 10',
        sender: { id: 1, username: 'user1' },
        created_at: expect.any(String),
      },
    });
    const silent = { unread_count: 0, mention_count: 0, last_message: null };
    expect(chats.find(({ chat_id }) => chat_id === 3)).toMatchObject(silent);
  });

  it('takes one statement however many chats there are', async () => {
    const query = jest.spyOn(Database.prototype, 'query');
    try {
      await inbox(2);
      expect(query.mock.calls.map(([statement]) => statement.name)).toEqual(['message.inbox']);
    } finally {
      query.mockRestore();
    }
  });

  it.each([1, 7, 30])('is the same by cursor, %i chats at a time', async (limit) => {
    expect(await walk(2, { limit })).toEqual((await inbox(2)).chats);
  });

  it('refuses a cursor of somebody else or of another workspace', async () => {
    const cursor = (await inbox(2, { limit: 1 })).next_cursor ?? '';
    for (const [userId, request] of [
      [1, { cursor }],
      [2, { cursor, workspace_id: workspaceId }],
    ] as const) {
      await expect(inbox(userId, request)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
    }
  });

  it('shows the last message that was not deleted', async () => {
    const shown = async () => (await inbox(2)).chats[0];
    const kept = await send(1, 'kept');
    const gone = await send(1, 'gone');
    expect(await shown()).toMatchObject({ chat_id: 1, last_message: { id: gone.id } });
    await house.bus.call(messageRpc.delete, { message_id: gone.id }, { as: asUser(1) });
    expect(await shown()).toMatchObject({ chat_id: 1, last_message: { id: kept.id, content: 'kept' } });
  });

  it('can be narrowed to a workspace', async () => {
    expect((await inbox(2, { workspace_id: workspaceId })).chats).toEqual((await inbox(2)).chats);
    expect((await inbox(2, { workspace_id: 4711 })).chats).toEqual([]);
  });

  it('ends early when long messages would make it too long for the bus', async () => {
    const long = '\u0001'.repeat(16_000);
    for (const chatId of chatIds.slice(10, 20)) await send(chatId, long);
    const page = await inbox(2);
    expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(600_000);
    expect(page.has_more).toBe(true);
    const all = (await walk(2, {})).map(({ chat_id }) => chat_id);
    expect(all.toSorted((a, b) => a - b)).toEqual(chatIds);
  });

  it('has nothing of chats that the user has left, that are gone, or of a workspace that is shut to them', async () => {
    const readable = async (userId: number, request = {}) =>
      (await house.bus.call(messageRpc.readableChats, request, { as: asUser(userId) })).chat_ids;
    const seen = async (userId: number) => {
      const ids = (await walk(userId, {})).map(({ chat_id }) => chat_id).sort((a, b) => a - b);
      expect(await readable(userId)).toEqual(ids);
      return ids;
    };
    await handOver(house.bus, 1, 2, { type: 'member.removed', user_ids: [2] });
    await handOver(house.bus, 2, 2, { type: 'chat.deleted' });
    expect(await seen(2)).toEqual(chatIds.slice(2));
    expect(await seen(1)).toEqual([1, ...chatIds.slice(2)]);
    expect(await seen(9)).toEqual([]);
    expect(await readable(2, { chat_ids: [1, 2, 3, 4, 99] })).toEqual([3, 4]);
    expect(await readable(2, { workspace_id: 4711 })).toEqual([]);
    const denial = { workspace_id: workspaceId, user_id: 2 };
    await house.bus.call(accessRpc.deny, denial, { as: asService('chat') });
    expect(await seen(2)).toEqual([]);
    await house.bus.call(accessRpc.allow, denial, { as: asService('chat') });
    expect(await seen(2)).toEqual(chatIds.slice(2));
  });
});
