import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Chat } from '#contracts/chat.contract.js';
import type { Message } from '#contracts/message.contract.js';
import { nobody } from '../contract/sample.js';
import { Person, type Answer } from './client.js';

/** Words that exist only in the other workspace: not one of them may ever reach the stranger. */
const canary = 'zanzibarcanary';

let owner: Person;
let stranger: Person;
let hidden: Chat;
let message: Message;

beforeAll(async () => {
  owner = await Person.register('owner');
  stranger = await Person.register('stranger');
  hidden = await owner.createChannel(`${canary}-${Date.now()}`, { description: canary });
  message = await owner.ok<Message>('POST', '/api/messages', { chat_id: hidden.id, content: `${canary} text` });
});

type Attempt = [method: string, path: (id: number) => string, body?: (id: number) => unknown];

const onChat: Attempt[] = [
  ['GET', (id) => `/api/chats/${id}`],
  ['PUT', (id) => `/api/chats/${id}`, () => ({ name: 'taken-over' })],
  ['DELETE', (id) => `/api/chats/${id}`],
  ['POST', (id) => `/api/chats/${id}/join`],
  ['POST', (id) => `/api/chats/${id}/leave`],
  ['GET', (id) => `/api/chats/${id}/members`],
  ['POST', (id) => `/api/chats/${id}/members`, () => ({ user_ids: [stranger.id] })],
  ['PUT', (id) => `/api/chats/${id}/members/${owner.id}`, () => ({ role: 'member' })],
  ['DELETE', (id) => `/api/chats/${id}/members/${owner.id}`],
  ['POST', (id) => `/api/chats/${id}/read`, () => ({ seq: 1 })],
  ['GET', (id) => `/api/chats/${id}/log`],
  ['GET', (id) => `/api/chats/${id}/pins`],
  ['GET', (id) => `/api/chats/${id}/receipts`],
  ['POST', (id) => `/api/chats/${id}/typing`],
  ['GET', (id) => `/api/messages?chat_id=${id}`],
  ['POST', () => '/api/messages', (id) => ({ chat_id: id, content: 'let me in' })],
];
const onMessage: Attempt[] = [
  ['GET', (id) => `/api/messages/${id}`],
  ['PUT', (id) => `/api/messages/${id}`, () => ({ content: 'mine now' })],
  ['DELETE', (id) => `/api/messages/${id}`],
  ['GET', (id) => `/api/messages/${id}/history`],
  ['POST', (id) => `/api/messages/${id}/reactions`, () => ({ emoji: '👀' })],
  ['DELETE', (id) => `/api/messages/${id}/reactions/x`],
  ['PUT', (id) => `/api/messages/${id}/pin`],
  ['DELETE', (id) => `/api/messages/${id}/pin`],
  ['GET', (id) => `/api/messages/${id}/thread`],
];
const onWorkspace: Attempt[] = [
  ['GET', (id) => `/api/workspaces/${id}`],
  ['PUT', (id) => `/api/workspaces/${id}`, () => ({ name: 'mine now' })],
  ['DELETE', (id) => `/api/workspaces/${id}`],
  ['GET', (id) => `/api/workspaces/${id}/members`],
  ['GET', (id) => `/api/workspaces/${id}/invites`],
  ['POST', (id) => `/api/workspaces/${id}/invites`, () => ({ role: 'admin' })],
  ['PUT', (id) => `/api/workspaces/${id}/members/${owner.id}`, () => ({ role: 'guest' })],
  ['DELETE', (id) => `/api/workspaces/${id}/members/${owner.id}`],
  ['GET', (id) => `/api/chats/browse?workspace_id=${id}`],
  ['GET', (id) => `/api/users?workspace_id=${id}`],
  ['POST', () => '/api/chats', (id) => ({ workspace_id: id, name: 'mine', type: 'channel' })],
  ['POST', () => '/api/chats/direct', (id) => ({ workspace_id: id, user_ids: [owner.id] })],
];

/** What a stranger is told, without what differs from request to request. */
function told({ status, body }: Answer): unknown {
  const { request_id: _id, ...rest } = (body ?? {}) as Record<string, unknown>;
  return { status, ...rest };
}

async function compare(attempts: Attempt[], foreign: number): Promise<void> {
  for (const [method, path, body] of attempts) {
    const there = await stranger.call(method, path(foreign), body?.(foreign));
    const nowhere = await stranger.call(method, path(nobody), body?.(nobody));
    expect({ attempt: `${method} ${path(0)}`, ...(told(there) as object) }).toEqual({
      attempt: `${method} ${path(0)}`,
      ...(told(nowhere) as object),
    });
    expect(there.status).toBe(404);
    expect(JSON.stringify(there.body)).not.toContain(canary);
  }
}

describe('A stranger', () => {
  it("cannot tell another workspace's chats from none at all", () => compare(onChat, hidden.id));
  it("cannot tell another workspace's messages from none at all", () => compare(onMessage, message.id));
  it('cannot tell another workspace from none at all', () => compare(onWorkspace, owner.workspaceId));

  it('finds nothing of it in lists and searches, and has changed nothing', async () => {
    for (const path of [
      '/api/chats',
      '/api/workspaces',
      '/api/users',
      `/api/search/messages?q=${canary}`,
      ...[
        `*${canary.slice(2, 8)}*`,
        `from:@${owner.login.user.username}`,
        `-absent`,
        `in:#${hidden.name}`,
        'on:today',
      ].map((query) => `/api/search/messages?q=${encodeURIComponent(query)}&context=5`),
      `/api/search/messages?q=${canary}&chat_ids=${hidden.id}`,
      `/api/search/chats?q=${canary}`,
      `/api/search/users?q=${owner.login.user.username}`,
    ]) {
      const text = JSON.stringify((await stranger.call('GET', path)).body);
      expect({ path, leaks: text.includes(canary) || text.includes(owner.login.user.username) }).toEqual({
        path,
        leaks: false,
      });
    }
    expect(await owner.ok<Chat>('GET', `/api/chats/${hidden.id}`)).toMatchObject({
      name: hidden.name,
      member_count: 1,
    });
    expect(await owner.ok<Message>('GET', `/api/messages/${message.id}`)).toEqual(message);
  });

  it('sees nobody of it by id', async () => {
    expect((await stranger.call('GET', `/api/users/${owner.id}`)).status).toBe(404);
  });
});
