import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chatRpc } from '#contracts/chat.contract.js';
import { logRpc } from '#contracts/log.contract.js';
import { startHouse, type House } from '#testing/app.js';
import { messageApp } from '../../../message/src/message.app.js';
import { messageDataSource } from '../../../message/src/message.data-source.js';
import { authApp } from '../../../auth/src/auth.app.js';
import { authDataSource } from '../../../auth/src/auth.data-source.js';
import { chatApp } from '../chat.app.js';
import { chatDataSource } from '../chat.data-source.js';
import { Person } from '../chat.fixture.js';

let house: House;
let owner: Person;
let member: Person;
let guest: Person;
let stranger: Person;
let workspaceId: number;
let generalId: number;

beforeAll(async () => {
  house = await startHouse({
    apps: [messageApp, chatApp, authApp],
    dataSources: [messageDataSource, chatDataSource, authDataSource],
  });
  [owner, member, guest, stranger] = Array.from({ length: 4 }, () => new Person(house.bus)) as [
    Person,
    Person,
    Person,
    Person,
  ];
  ({ workspaceId, generalId } = await owner.createWorkspace());
  await owner.admit(workspaceId, member);
  await owner.admit(workspaceId, guest, 'guest');
}, 60_000);

afterAll(() => house.close());

const unknown = 999_999_999;

describe('a new channel', () => {
  it('can be written into at once by its owner and the members it began with', async () => {
    const chat = await owner.createChannel(workspaceId, 'begin', { member_ids: [member.id, owner.id] });
    expect(chat).toMatchObject({ type: 'channel', is_private: false, is_archived: false, member_count: 2 });
    await owner.send(chat.id);
    await member.send(chat.id);
    const { entries } = await owner.call(logRpc.read, { chat_id: chat.id, after: 0 });
    expect(entries.map(({ type }) => type)).toEqual(['chat.created', 'message.created', 'message.created']);
  });

  it('has a name of its own, ignoring case and composition, until it is deleted', async () => {
    const first = await owner.createChannel(workspaceId, 'Ström');
    const request = { workspace_id: workspaceId, name: 'STRO\u0308M', type: 'channel' as const };
    expect(await owner.refused(chatRpc.create, request)).toBe('CONFLICT');
    expect(await owner.refused(chatRpc.update, { chat_id: generalId, name: 'ström' })).toBe('CONFLICT');
    await owner.call(chatRpc.delete, { chat_id: first.id });
    expect((await owner.call(chatRpc.create, request)).name).toBe('STRO\u0308M');
  });

  it('is made once when many make it at the same time', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => owner.createChannel(workspaceId, 'contested')),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is not for guests, nor with people from elsewhere, nor in workspaces of others', async () => {
    const request = { workspace_id: workspaceId, name: 'nope', type: 'channel' as const };
    expect(await guest.refused(chatRpc.create, request)).toBe('FORBIDDEN');
    expect(await stranger.refused(chatRpc.create, request)).toBe('NOT_FOUND');
    expect(await owner.refused(chatRpc.create, { ...request, member_ids: [stranger.id] })).toBe('NOT_FOUND');
    expect(await owner.refused(chatRpc.create, { ...request, type: 'group', is_private: false })).toBe(
      'VALIDATION_ERROR',
    );
    const { chats } = await owner.call(chatRpc.search, { query: 'nope' });
    expect(chats).toEqual([]);
  });
});

describe('what somebody may not see', () => {
  it('is told in the same words as what does not exist', async () => {
    const hidden = await owner.createChannel(workspaceId, 'hidden', { is_private: true });
    const open = await owner.createChannel(workspaceId, 'open');
    const said = (person: Person, chat_id: number) =>
      person.call(chatRpc.get, { chat_id }).catch((error: Error) => error.message);
    const nothing = await said(member, unknown);
    expect(await said(member, hidden.id)).toBe(nothing);
    expect(await said(guest, open.id)).toBe(nothing);
    expect(await said(stranger, open.id)).toBe(nothing);
    for (const contract of [chatRpc.join, chatRpc.leave, chatRpc.delete, chatRpc.listMembers]) {
      expect(await member.refused(contract, { chat_id: hidden.id })).toBe('NOT_FOUND');
    }
    expect(await member.refused(chatRpc.addMembers, { chat_id: hidden.id, user_ids: [member.id] })).toBe('NOT_FOUND');
    expect((await member.call(chatRpc.get, { chat_id: open.id })).id).toBe(open.id);
  });

  it('is left out of lists and searches', async () => {
    const hidden = await owner.createChannel(workspaceId, 'lists-hidden', { is_private: true });
    const open = await owner.createChannel(workspaceId, 'lists-open');
    const joined = await owner.createChannel(workspaceId, 'lists-joined', { member_ids: [guest.id] });
    const ids = [hidden.id, open.id, joined.id, unknown];
    const many = async (person: Person) =>
      (await person.call(chatRpc.getMany, { ids })).chats.map(({ id }) => id).sort((a, b) => a - b);
    const searched = async (person: Person) =>
      (await person.call(chatRpc.search, { query: 'LISTS' })).chats.map(({ id }) => id).sort((a, b) => a - b);
    expect(await many(owner)).toEqual([hidden.id, open.id, joined.id]);
    expect(await many(member)).toEqual([]);
    expect(await many(guest)).toEqual([joined.id]);
    expect(await searched(owner)).toEqual([hidden.id, open.id, joined.id]);
    expect(await searched(member)).toEqual([open.id, joined.id]);
    expect(await searched(guest)).toEqual([joined.id]);
    expect(await searched(stranger)).toEqual([]);
  });
});

describe('browsing', () => {
  it('shows the public channels that one has not joined, page after page by name', async () => {
    for (const name of ['b-4', 'B-2', 'b-1', 'b-3', 'b-5']) await owner.createChannel(workspaceId, name);
    const archived = await owner.createChannel(workspaceId, 'b-0');
    await owner.call(chatRpc.update, { chat_id: archived.id, is_archived: true });
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const request = { workspace_id: workspaceId, q: 'B-', limit: 2, cursor };
      const page = await member.call(chatRpc.browse, request);
      names.push(...page.chats.map(({ name }) => name));
      cursor = page.next_cursor ?? undefined;
      expect(page.has_more).toBe(cursor !== undefined);
    } while (cursor !== undefined);
    expect(names).toEqual(['b-1', 'B-2', 'b-3', 'b-4', 'b-5']);
    expect((await owner.call(chatRpc.browse, { workspace_id: workspaceId, q: 'b-' })).chats).toEqual([]);
  });

  it('is not for guests and strangers, and takes its own cursors only', async () => {
    expect(await guest.refused(chatRpc.browse, { workspace_id: workspaceId })).toBe('FORBIDDEN');
    expect(await stranger.refused(chatRpc.browse, { workspace_id: workspaceId })).toBe('NOT_FOUND');
    const request = { workspace_id: workspaceId, cursor: Buffer.from('5').toString('base64url') };
    expect(await member.refused(chatRpc.browse, request)).toBe('VALIDATION_ERROR');
  });
});

describe('changing a chat', () => {
  it('is for its admins and for those who run the workspace, and is logged', async () => {
    const chat = await member.createChannel(workspaceId, 'settings');
    const renamed = await owner.call(chatRpc.update, { chat_id: chat.id, description: 'by the workspace owner' });
    expect(renamed).toMatchObject({ name: 'settings', description: 'by the workspace owner' });
    const other = new Person(house.bus);
    await owner.admit(workspaceId, other);
    await other.call(chatRpc.join, { chat_id: chat.id });
    expect(await other.refused(chatRpc.update, { chat_id: chat.id, name: 'x' })).toBe('FORBIDDEN');
    expect(await other.refused(chatRpc.delete, { chat_id: chat.id })).toBe('FORBIDDEN');
    const before = await member.call(chatRpc.update, { chat_id: chat.id });
    expect(before.updated_at).toBe(renamed.updated_at);
    const { entries } = await member.call(logRpc.read, { chat_id: chat.id, after: 0 });
    expect(entries.map(({ type }) => type)).toEqual(['chat.created', 'chat.updated', 'member.added']);
  });

  it('to the archive stops everything but leaving the archive', async () => {
    const chat = await owner.createChannel(workspaceId, 'attic', { member_ids: [member.id] });
    await owner.call(chatRpc.update, { chat_id: chat.id, is_archived: true });
    expect(await member.canSend(chat.id)).toBe(false);
    expect(await owner.refused(chatRpc.update, { chat_id: chat.id, name: 'cellar' })).toBe('FORBIDDEN');
    const late = new Person(house.bus);
    await owner.admit(workspaceId, late);
    expect(await late.refused(chatRpc.join, { chat_id: chat.id })).toBe('FORBIDDEN');
    await owner.call(chatRpc.update, { chat_id: chat.id, is_archived: false });
    expect(await member.canSend(chat.id)).toBe(true);
  });

  it('leaves the general channel public, in use and there', async () => {
    expect(await owner.refused(chatRpc.update, { chat_id: generalId, is_private: true })).toBe('FORBIDDEN');
    expect(await owner.refused(chatRpc.update, { chat_id: generalId, is_archived: true })).toBe('FORBIDDEN');
    expect(await owner.refused(chatRpc.delete, { chat_id: generalId })).toBe('FORBIDDEN');
  });

  it('to deleted shuts everybody out, and repeating it is done', async () => {
    const chat = await owner.createChannel(workspaceId, 'doomed', { member_ids: [member.id] });
    await owner.call(chatRpc.delete, { chat_id: chat.id });
    await owner.call(chatRpc.delete, { chat_id: chat.id });
    expect(await member.canSend(chat.id)).toBe(false);
    expect(await owner.refused(chatRpc.get, { chat_id: chat.id })).toBe('NOT_FOUND');
    expect(await stranger.refused(chatRpc.delete, { chat_id: chat.id })).toBe('NOT_FOUND');
  });

  it('that is a group: members rename it, nobody makes it public', async () => {
    const request = { workspace_id: workspaceId, name: 'trio', type: 'group' as const, member_ids: [member.id] };
    const group = await owner.call(chatRpc.create, request);
    expect(group.is_private).toBe(true);
    expect((await member.call(chatRpc.update, { chat_id: group.id, name: 'duo' })).name).toBe('duo');
    expect(await member.refused(chatRpc.update, { chat_id: group.id, is_archived: true })).toBe('FORBIDDEN');
    expect(await owner.refused(chatRpc.update, { chat_id: group.id, is_private: false })).toBe('VALIDATION_ERROR');
  });
});
