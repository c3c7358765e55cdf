import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chatRpc, type Chat } from '#contracts/chat.contract.js';
import { messageRpc, type InboxChat } from '#contracts/message.contract.js';
import { startGateway, userIdOf, type TestGateway } from '../gateway.fixture.js';

let gateway: TestGateway;
let unread = 2;
const calls: string[] = [];
const at = '2026-01-31T12:00:00.000Z';

function inboxChat(chatId: number): InboxChat {
  const figures = { joined_seq: 1, last_seq: 9, read_seq: 7, unread_count: unread, mention_count: 1 };
  const sender = { id: 8, username: 'bob' };
  const last_message = { id: 90, content: 'hello', sender, created_at: at };
  return { chat_id: chatId, workspace_id: 4, role: 'member', ...figures, last_activity_at: at, last_message };
}

function chat(id: number, name: string): Chat {
  const kind = { type: 'channel' as const, is_private: false, is_archived: false, description: '' };
  return { id, workspace_id: 4, name, ...kind, member_count: 3, created_by: 8, created_at: at, updated_at: at };
}

beforeAll(async () => {
  gateway = await startGateway();
  gateway.bus.serve(
    messageRpc.inbox,
    async (request, { caller }) => {
      calls.push(`inbox ${JSON.stringify(request)} for ${userIdOf(caller)}`);
      return { chats: [12, 10, 11].map(inboxChat), next_cursor: 'c', has_more: true, epoch: 1, version: 1 };
    },
    { queue: 'message' },
  );
  gateway.bus.serve(
    chatRpc.getMany,
    async ({ ids }) => {
      calls.push(`chats ${ids.join(',')}`);
      return ids.length > 2
        ? { chats: [chat(12, 'random')], rest_ids: [10] }
        : { chats: [chat(10, 'general')], rest_ids: [] };
    },
    { queue: 'chat' },
  );
});

afterAll(() => gateway.close());

describe('GET /api/chats', () => {
  it('joins what two services know, in the order of the inbox, and asks again for what one reply had no room for', async () => {
    const { status, json } = await gateway.send('GET', '/api/chats?workspace_id=4&limit=3', { token: gateway.token });
    expect(status).toBe(200);
    expect(json).toMatchObject({ next_cursor: 'c', has_more: true });
    // Chat 11 is known to one of the two only: it is just being made or deleted.
    expect((json['chats'] as { id: number; name: string }[]).map(({ id, name }) => [id, name])).toEqual([
      [12, 'random'],
      [10, 'general'],
    ]);
    expect(calls).toEqual(['inbox {"workspace_id":4,"limit":3} for 7', 'chats 12,10,11', 'chats 10']);
  });

  it('answers 304 to whom has it already, and the list again once it has changed', async () => {
    const { token } = gateway;
    const first = await gateway.send('GET', '/api/chats', { token });
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    for (const value of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const again = await gateway.send('GET', '/api/chats', { token, headers: { 'if-none-match': value } });
      expect(again.status).toBe(304);
      expect(again.text).toBe('');
      expect(again.headers.get('etag')).toBe(etag);
    }
    unread = 3;
    const changed = await gateway.send('GET', '/api/chats', { token, headers: { 'if-none-match': etag } });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(etag);
  });
});
