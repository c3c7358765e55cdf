import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Chat, ChatMember } from '#contracts/chat.contract.js';
import type { Workspace, WorkspaceMember } from '#contracts/workspace.contract.js';
import { Person } from './client.js';

async function pair(role: 'member' | 'guest' = 'member'): Promise<[Person, Person]> {
  const [owner, other] = await Promise.all([Person.register('owner'), Person.register('other')]);
  await owner.admit(other, role);
  return [owner, other];
}

function sendTo(person: Person, chatId: number) {
  return person.call('POST', '/api/messages', { chat_id: chatId, content: 'hello' });
}

describe('Workspaces', () => {
  it('are renamed, counted and deleted by their owner', async () => {
    const owner = await Person.register('owner');
    const made = await owner.ok<Workspace>('POST', '/api/workspaces', { name: 'Second' });
    expect(made.role).toBe('owner');
    await owner.ok('PUT', `/api/workspaces/${made.id}`, { name: 'Renamed' });
    expect(await owner.ok('GET', `/api/workspaces/${made.id}`)).toMatchObject({
      name: 'Renamed',
      stats: { member_count: 1, chat_count: 1, message_count: 0 },
    });
    await owner.ok('DELETE', `/api/workspaces/${made.id}`);
    expect((await owner.call('GET', `/api/workspaces/${made.id}`)).status).toBe(404);
    const { workspaces } = await owner.ok<{ workspaces: Workspace[] }>('GET', '/api/workspaces');
    expect(workspaces.map(({ id }) => id)).toEqual([owner.workspaceId]);
  });

  it('admit by invitation, and only whom the invitation is for', async () => {
    const [owner, guest, thief] = await Promise.all([
      Person.register('owner'),
      Person.register('invited'),
      Person.register('thief'),
    ]);
    const invite = await owner.ok<{ invite_code: string; invite_url: string }>(
      'POST',
      `/api/workspaces/${owner.workspaceId}/invites`,
      { email: guest.login.user.email, role: 'member', expires_in_days: 1 },
    );
    expect(invite.invite_url).toContain(invite.invite_code);
    expect((await thief.call('POST', `/api/invites/${invite.invite_code}/accept`)).status).toBe(404);
    expect((await guest.call('POST', `/api/invites/${invite.invite_code}/accept`)).status).toBe(200);
    expect((await guest.call('POST', `/api/invites/${invite.invite_code}/accept`)).status).toBe(200);
    const { members } = await guest.ok<{ members: WorkspaceMember[] }>(
      'GET',
      `/api/workspaces/${owner.workspaceId}/members`,
    );
    expect(members.map(({ user_id, role }) => [user_id, role]).sort()).toEqual(
      [
        [owner.id, 'owner'],
        [guest.id, 'member'],
      ].sort(),
    );
    expect((await sendTo(guest, owner.generalId)).status).toBe(201);
  });

  it('keep their last owner', async () => {
    const [owner, other] = await pair();
    const path = `/api/workspaces/${owner.workspaceId}/members`;
    expect((await owner.call('DELETE', `${path}/${owner.id}`)).status).toBe(409);
    expect((await owner.call('PUT', `${path}/${owner.id}`, { role: 'member' })).status).toBe(409);
    expect((await other.call('PUT', `${path}/${other.id}`, { role: 'owner' })).status).toBe(403);
  });

  it('shut a removed member out at once, everywhere, and let them in again by invitation', async () => {
    const [owner, other] = await pair();
    const { id } = await owner.createChannel(undefined, { member_ids: [other.id] });
    expect((await sendTo(other, id)).status).toBe(201);
    await owner.ok('DELETE', `/api/workspaces/${owner.workspaceId}/members/${other.id}`);
    for (const chatId of [id, owner.generalId]) {
      expect((await sendTo(other, chatId)).status).toBe(404);
      expect((await other.call('GET', `/api/messages?chat_id=${chatId}`)).status).toBe(404);
    }
    await owner.admit(other);
    expect((await sendTo(other, owner.generalId)).status).toBe(201);
    expect((await sendTo(other, id)).status).toBe(404);
  });

  it('show a guest only the chats and people it was added to', async () => {
    const [owner, guest] = await pair('guest');
    const third = await Person.register('third');
    await owner.admit(third);
    const open = await owner.createChannel();
    expect((await guest.call('GET', `/api/chats/${open.id}`)).status).toBe(404);
    expect((await guest.call('POST', `/api/chats/${open.id}/join`)).status).toBe(404);
    expect((await guest.call('GET', `/api/users/${third.id}`)).status).toBe(404);
    await owner.ok('POST', `/api/chats/${open.id}/members`, { user_ids: [guest.id] });
    expect((await sendTo(guest, open.id)).status).toBe(201);
    expect((await guest.call('GET', `/api/users/${owner.id}`)).status).toBe(200);
  });
});

describe('Channels', () => {
  it('are found, joined, left and joined again; history is for members', async () => {
    const [owner, other] = await pair();
    const channel = await owner.createChannel(`Lobby-${randomUUID().slice(0, 8)}`);
    const browsed = await other.ok<{ chats: Chat[] }>(
      'GET',
      `/api/chats/browse?workspace_id=${owner.workspaceId}&q=lobby`,
    );
    expect(browsed.chats.map(({ id }) => id)).toEqual([channel.id]);
    expect((await sendTo(other, channel.id)).status).toBe(404);
    expect(await other.ok<Chat>('POST', `/api/chats/${channel.id}/join`)).toMatchObject({ member_count: 2 });
    expect((await sendTo(other, channel.id)).status).toBe(201);
    await other.ok('POST', `/api/chats/${channel.id}/leave`);
    expect((await other.call('GET', `/api/messages?chat_id=${channel.id}`)).status).toBe(404);
    await other.ok('POST', `/api/chats/${channel.id}/join`);
    expect((await sendTo(other, channel.id)).status).toBe(201);
  });

  it('have one name each, ignoring case', async () => {
    const owner = await Person.register('owner');
    const { name } = await owner.createChannel();
    const again = { workspace_id: owner.workspaceId, name: name.toUpperCase(), type: 'channel' };
    expect((await owner.call('POST', '/api/chats', again)).status).toBe(409);
  });

  it('are invisible when private, until one is added', async () => {
    const [owner, other] = await pair();
    const hidden = await owner.createChannel(undefined, { is_private: true });
    expect((await other.call('GET', `/api/chats/${hidden.id}`)).status).toBe(404);
    expect((await other.call('POST', `/api/chats/${hidden.id}/join`)).status).toBe(404);
    await owner.ok('POST', `/api/chats/${hidden.id}/members`, { user_ids: [other.id] });
    expect((await sendTo(other, hidden.id)).status).toBe(201);
    await owner.ok('DELETE', `/api/chats/${hidden.id}/members/${other.id}`);
    expect((await sendTo(other, hidden.id)).status).toBe(404);
  });

  it('are managed by owners and admins, and take nothing once archived or deleted', async () => {
    const [owner, other] = await pair();
    const channel = await owner.createChannel(undefined, { member_ids: [other.id] });
    const path = `/api/chats/${channel.id}`;
    expect((await other.call('PUT', path, { description: 'x' })).status).toBe(403);
    expect((await other.call('DELETE', path)).status).toBe(403);
    await owner.ok('PUT', `${path}/members/${other.id}`, { role: 'admin' });
    expect((await other.call('PUT', path, { description: 'x' })).status).toBe(200);
    const { members } = await owner.ok<{ members: ChatMember[] }>('GET', `${path}/members`);
    expect(members.map(({ user_id, role }) => [user_id, role]).sort()).toEqual(
      [
        [owner.id, 'owner'],
        [other.id, 'admin'],
      ].sort(),
    );
    await owner.ok('PUT', path, { is_archived: true });
    expect((await sendTo(owner, channel.id)).status).toBe(403);
    await owner.ok('DELETE', path);
    expect((await owner.call('GET', path)).status).toBe(404);
    expect((await sendTo(owner, channel.id)).status).toBe(404);
  });
});

describe('Direct chats', () => {
  it('exist once for the same people, whoever asks and however many at once', async () => {
    const [owner, other] = await pair();
    const ask = (person: Person, ids: number[]) =>
      person.ok<Chat>('POST', '/api/chats/direct', { workspace_id: owner.workspaceId, user_ids: ids });
    const made = await Promise.all([
      ...Array.from({ length: 5 }, () => ask(owner, [other.id])),
      ...Array.from({ length: 5 }, () => ask(other, [owner.id, other.id])),
    ]);
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(made[0]).toMatchObject({ type: 'direct', is_private: true, member_count: 2 });
    expect((await sendTo(other, made[0]?.id as number)).status).toBe(201);
  });
});

describe('The list of chats', () => {
  it('is ordered by activity and answers 304 while nothing has changed', async () => {
    const owner = await Person.register('owner');
    const quiet = await owner.createChannel();
    const lively = await owner.createChannel();
    await sendTo(owner, quiet.id);
    await sendTo(owner, lively.id);
    const listed = await owner.call<{ chats: { id: number; last_message: { content: string } | null }[] }>(
      'GET',
      '/api/chats',
    );
    expect(listed.body.chats.map(({ id }) => id).slice(0, 2)).toEqual([lively.id, quiet.id]);
    expect(listed.body.chats[0]?.last_message?.content).toBe('hello');
    const etag = listed.headers.get('etag') as string;
    const again = await owner.call('GET', '/api/chats', undefined, { 'if-none-match': etag });
    expect(again.status).toBe(304);
    await sendTo(owner, quiet.id);
    expect((await owner.call('GET', '/api/chats', undefined, { 'if-none-match': etag })).status).toBe(200);
  });
});
