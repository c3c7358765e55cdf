import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chatRpc } from '#contracts/chat.contract.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { sql } from '#database/statement.js';
import { startHouse, type House } from '#testing/app.js';
import { asService } from '#testing/caller.js';
import { messageApp } from '../../../message/src/message.app.js';
import { messageDataSource } from '../../../message/src/message.data-source.js';
import { authApp } from '../../../auth/src/auth.app.js';
import { authDataSource } from '../../../auth/src/auth.data-source.js';
import { chatApp } from '../chat.app.js';
import { chatDataSource } from '../chat.data-source.js';
import { newUser, Person } from '../chat.fixture.js';

let house: House;
let owner: Person;
let admin: Person;
let member: Person;
let guest: Person;
let stranger: Person;
let workspaceId: number;
let generalId: number;

const fillMembers = sql(
  'spec.workspace.members',
  `INSERT INTO chat.workspace_users (workspace_id, user_id, role)
   SELECT $1, n, 'member' FROM generate_series($2::bigint, $3::bigint) n`,
);

beforeAll(async () => {
  house = await startHouse({
    apps: [messageApp, chatApp, authApp],
    dataSources: [messageDataSource, chatDataSource, authDataSource],
  });
  owner = new Person(house.bus);
  ({ workspaceId, generalId } = await owner.createWorkspace());
  [admin, member, guest] = [await colleague('admin'), await colleague(), await colleague('guest')];
  stranger = new Person(house.bus);
}, 60_000);

afterAll(() => house.close());

async function colleague(role: 'admin' | 'member' | 'guest' = 'member'): Promise<Person> {
  const person = new Person(house.bus);
  await owner.admit(workspaceId, person, role);
  return person;
}

describe('a personal workspace', () => {
  const ensure = (user_id: number) =>
    house.bus.call(workspaceRpc.ensurePersonal, { user_id, username: 'ada' }, { as: asService('auth') });

  it('is made once, however often it is asked for at once, and its general channel can be written into', async () => {
    const person = new Person(house.bus, newUser());
    const made = await Promise.all(Array.from({ length: 8 }, () => ensure(person.id)));
    expect(new Set(made.map(({ workspace_id }) => workspace_id)).size).toBe(1);
    const { workspaces } = await person.call(workspaceRpc.list, {});
    expect(workspaces).toMatchObject([{ name: "ada's workspace", role: 'owner' }]);
    const { chats } = await person.call(chatRpc.search, { query: 'general' });
    await person.send(chats[0]?.id ?? 0);
  });

  it('is made anew after the old one was deleted', async () => {
    const person = new Person(house.bus, newUser());
    const { workspace_id } = await ensure(person.id);
    await person.call(workspaceRpc.delete, { workspace_id });
    const again = await ensure(person.id);
    expect(again.workspace_id).not.toBe(workspace_id);
    expect((await person.call(workspaceRpc.list, {})).workspaces.map(({ id }) => id)).toEqual([again.workspace_id]);
  });
});

describe('a workspace', () => {
  it('is told with its figures', async () => {
    const person = new Person(house.bus);
    const { workspaceId: id, generalId: general } = await person.createWorkspace();
    await person.createChannel(id, 'second');
    await person.send(general);
    await person.send(general);
    expect(await person.call(workspaceRpc.get, { workspace_id: id })).toMatchObject({
      role: 'owner',
      stats: { member_count: 1, chat_count: 2, message_count: 2 },
    });
  });

  it('is renamed by owners and admins, and does not exist for strangers', async () => {
    const rename = { workspace_id: workspaceId, name: 'Renamed' };
    expect((await admin.call(workspaceRpc.update, rename)).role).toBe('admin');
    expect((await member.call(workspaceRpc.get, { workspace_id: workspaceId })).name).toBe('Renamed');
    expect(await member.refused(workspaceRpc.update, rename)).toBe('FORBIDDEN');
    for (const contract of [workspaceRpc.get, workspaceRpc.listMembers, workspaceRpc.listInvites]) {
      expect(await stranger.refused(contract, { workspace_id: workspaceId })).toBe('NOT_FOUND');
    }
    expect(await stranger.refused(workspaceRpc.update, rename)).toBe('NOT_FOUND');
    expect(await stranger.refused(workspaceRpc.delete, { workspace_id: workspaceId })).toBe('NOT_FOUND');
  });

  it('is deleted by an owner with all its chats; repeating it is done', async () => {
    const { workspaceId: id, generalId: general } = await owner.createWorkspace();
    const other = new Person(house.bus);
    await owner.admit(id, other, 'admin');
    const channel = await other.createChannel(id, 'second', { member_ids: [owner.id] });
    const { invite_code } = await owner.call(workspaceRpc.createInvite, { workspace_id: id });
    expect(await other.refused(workspaceRpc.delete, { workspace_id: id })).toBe('FORBIDDEN');
    await owner.call(workspaceRpc.delete, { workspace_id: id });
    await owner.call(workspaceRpc.delete, { workspace_id: id });
    for (const chatId of [general, channel.id]) {
      expect(await owner.canSend(chatId)).toBe(false);
      expect(await other.refused(chatRpc.get, { chat_id: chatId })).toBe('NOT_FOUND');
    }
    expect(await other.refused(workspaceRpc.get, { workspace_id: id })).toBe('NOT_FOUND');
    expect(await stranger.refused(workspaceRpc.acceptInvite, { invite_code })).toBe('NOT_FOUND');
    expect(await owner.refused(chatRpc.create, { workspace_id: id, name: 'x', type: 'channel' })).toBe('NOT_FOUND');
  });
});

describe('members of a workspace', () => {
  it('are seen by members; a guest sees those with whom it shares a chat', async () => {
    const seen = async (person: Person) =>
      (await person.call(workspaceRpc.listMembers, { workspace_id: workspaceId })).members.map(
        ({ user_id }) => user_id,
      );
    const visible = async (person: Person, ids?: number[]) =>
      (await person.call(workspaceRpc.visibleUsers, { ids })).user_ids;
    const newcomer = await colleague('guest');
    expect(await seen(member)).toEqual(expect.arrayContaining([owner.id, admin.id, newcomer.id]));
    expect(await seen(newcomer)).toEqual([newcomer.id]);
    expect(await visible(newcomer, [owner.id, newcomer.id])).toEqual([newcomer.id]);
    const chat = await owner.createChannel(workspaceId, 'with the newcomer', { member_ids: [newcomer.id] });
    expect(await seen(newcomer)).toEqual([owner.id, newcomer.id]);
    expect(await visible(newcomer)).toEqual([owner.id, newcomer.id]);
    await owner.call(chatRpc.removeMember, { chat_id: chat.id, user_id: newcomer.id });
    expect(await visible(newcomer, [owner.id])).toEqual([]);
    expect(await visible(stranger, [owner.id, stranger.id])).toEqual([]);
    expect(await visible(member, [stranger.id, owner.id])).toEqual([owner.id]);
    expect(await stranger.refused(workspaceRpc.visibleUsers, { workspace_id: workspaceId })).toBe('NOT_FOUND');
    const among = { workspace_id: workspaceId, ids: [owner.id] };
    expect(await stranger.refused(workspaceRpc.visibleUsers, among)).toBe('NOT_FOUND');
    expect(await stranger.call(workspaceRpc.visibleUsers, {})).toEqual({ user_ids: [], has_more: false });
    expect(await newcomer.call(workspaceRpc.visibleUsers, among)).toEqual({ user_ids: [], has_more: false });
  });

  it('are named up to a thousand; of more it is only said that there are', async () => {
    const { workspaceId: id } = await owner.createWorkspace();
    const first = 5_000_000;
    const chat = await house.database('chat');
    await chat.query(fillMembers, [id, first, first + 998]);
    const some = await owner.call(workspaceRpc.visibleUsers, { workspace_id: id });
    expect([some.user_ids.length, some.has_more]).toEqual([1_000, false]);
    await chat.query(fillMembers, [id, first + 999, first + 999]);
    const many = await owner.call(workspaceRpc.visibleUsers, { workspace_id: id });
    expect(many).toEqual({ user_ids: [], has_more: true });
    const among = { workspace_id: id, ids: [first + 999, first + 1_000] };
    expect((await owner.call(workspaceRpc.visibleUsers, among)).user_ids).toEqual([first + 999]);
  });

  it('get roles from owners and admins, owners only from owners', async () => {
    const set = (person: Person, role: 'owner' | 'admin' | 'member' | 'guest') => ({
      workspace_id: workspaceId,
      user_id: person.id,
      role,
    });
    const person = await colleague();
    expect(await member.refused(workspaceRpc.setRole, set(person, 'guest'))).toBe('FORBIDDEN');
    expect((await admin.call(workspaceRpc.setRole, set(person, 'guest'))).role).toBe('guest');
    expect(await admin.refused(workspaceRpc.setRole, set(person, 'owner'))).toBe('FORBIDDEN');
    expect(await admin.refused(workspaceRpc.setRole, set(owner, 'member'))).toBe('FORBIDDEN');
    expect(await owner.refused(workspaceRpc.setRole, set(stranger, 'member'))).toBe('NOT_FOUND');
    expect(await owner.refused(workspaceRpc.setRole, set(owner, 'admin'))).toBe('CONFLICT');
    await owner.call(workspaceRpc.setRole, set(person, 'owner'));
    await person.call(workspaceRpc.setRole, set(owner, 'admin'));
    await person.call(workspaceRpc.setRole, set(owner, 'owner'));
    await owner.call(workspaceRpc.removeMember, { workspace_id: workspaceId, user_id: person.id });
  });

  it('act in channels that they see as owners when they run the workspace', async () => {
    const open = await member.createChannel(workspaceId, 'run by members');
    const closed = await member.createChannel(workspaceId, 'not for the admin', { is_private: true });
    expect((await admin.call(chatRpc.update, { chat_id: open.id, name: 'run by admins' })).name).toBe('run by admins');
    expect(await admin.refused(chatRpc.update, { chat_id: closed.id, name: 'x' })).toBe('NOT_FOUND');
    expect(await guest.refused(chatRpc.get, { chat_id: generalId })).toBe('NOT_FOUND');
  });
});
