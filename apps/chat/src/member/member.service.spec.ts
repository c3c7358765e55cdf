import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chatRpc, type Chat } from '#contracts/chat.contract.js';
import { logRpc } from '#contracts/log.contract.js';
import type { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { startHouse, type House } from '#testing/app.js';
import { messageApp } from '../../../message/src/message.app.js';
import { messageDataSource } from '../../../message/src/message.data-source.js';
import { authApp } from '../../../auth/src/auth.app.js';
import { authDataSource } from '../../../auth/src/auth.data-source.js';
import { chatApp } from '../chat.app.js';
import { chatDataSource } from '../chat.data-source.js';
import { Person } from '../chat.fixture.js';

let house: House;
let database: Database;
let owner: Person;
let admin: Person;
let member: Person;
let guest: Person;
let workspaceId: number;
let count = 0;

beforeAll(async () => {
  house = await startHouse({
    apps: [messageApp, chatApp, authApp],
    dataSources: [messageDataSource, chatDataSource, authDataSource],
  });
  database = await house.database('chat');
  owner = new Person(house.bus);
  ({ workspaceId } = await owner.createWorkspace());
  [admin, member, guest] = [await colleague(), await colleague(), await colleague('guest')];
}, 60_000);

afterAll(() => house.close());

async function colleague(role: 'member' | 'guest' = 'member'): Promise<Person> {
  const person = new Person(house.bus);
  await owner.admit(workspaceId, person, role);
  return person;
}

/** A channel whose owner does not run the workspace: the roles of the chat alone decide. */
async function channel(rest: { is_private?: boolean } = {}): Promise<{ chat: Chat; founder: Person }> {
  const founder = await colleague();
  const chat = await founder.createChannel(workspaceId, `channel ${++count}`, {
    ...rest,
    member_ids: [admin.id, member.id],
  });
  await founder.call(chatRpc.setRole, { chat_id: chat.id, user_id: admin.id, role: 'admin' });
  return { chat, founder };
}

async function rolesIn(chatId: number, asking: Person): Promise<Record<number, string>> {
  const { members } = await asking.call(chatRpc.listMembers, { chat_id: chatId });
  return Object.fromEntries(members.map(({ user_id, role }) => [user_id, role]));
}

describe('members', () => {
  it('are listed page after page, and counted as they are', async () => {
    const { chat, founder } = await channel();
    const ids: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await member.call(chatRpc.listMembers, { chat_id: chat.id, limit: 1, cursor });
      ids.push(...page.members.map(({ user_id }) => user_id));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(ids).toEqual([founder.id, admin.id, member.id].sort((a, b) => a - b));
    const counts = sql(
      'spec.member_counts',
      `SELECT c.id FROM chat.chats c WHERE c.deleted_at IS NULL AND c.member_count <>
         (SELECT count(*) FROM chat.chat_members m WHERE m.chat_id = c.id AND m.left_at IS NULL)`,
    );
    expect(await database.query(counts)).toEqual([]);
  });

  it('join, leave and come back; each stay is an entry of the log', async () => {
    const { chat, founder } = await channel();
    const person = await colleague();
    expect((await person.call(chatRpc.join, { chat_id: chat.id })).member_count).toBe(4);
    await person.send(chat.id);
    await person.call(chatRpc.leave, { chat_id: chat.id });
    await person.call(chatRpc.leave, { chat_id: chat.id });
    expect(await person.canSend(chat.id)).toBe(false);
    expect((await person.call(chatRpc.join, { chat_id: chat.id })).member_count).toBe(4);
    expect(await person.canSend(chat.id)).toBe(true);
    const { entries } = await founder.call(logRpc.read, { chat_id: chat.id, after: 2 });
    expect(entries.map(({ type }) => type)).toEqual([
      ...['member.added', 'message.created', 'member.removed', 'member.added', 'message.created'],
    ]);
  });

  it('are added to a public channel by any member, to a private one by its admins, by guests never', async () => {
    const { chat: open } = await channel();
    const { chat: closed } = await channel({ is_private: true });
    const [first, second] = [await colleague(), await colleague('guest')];
    const add = (chat: Chat, person: Person) => ({ chat_id: chat.id, user_ids: [person.id] });
    await member.call(chatRpc.addMembers, add(open, first));
    await member.call(chatRpc.addMembers, add(open, second));
    expect(await first.canSend(open.id)).toBe(true);
    expect(await second.refused(chatRpc.addMembers, add(open, guest))).toBe('FORBIDDEN');
    expect(await member.refused(chatRpc.addMembers, add(closed, first))).toBe('FORBIDDEN');
    const { members } = await admin.call(chatRpc.addMembers, {
      chat_id: closed.id,
      user_ids: [first.id, member.id, first.id],
    });
    expect(members.map(({ user_id, role }) => [user_id, role])).toEqual([
      [member.id, 'member'],
      [first.id, 'member'],
    ]);
  });

  it('are added only by who is in the chat, only from the workspace, and as admins only by admins', async () => {
    const { chat } = await channel();
    const outside = await colleague();
    const request = { chat_id: chat.id, user_ids: [outside.id] };
    expect(await outside.refused(chatRpc.addMembers, request)).toBe('FORBIDDEN');
    expect(await member.refused(chatRpc.addMembers, { ...request, role: 'admin' })).toBe('FORBIDDEN');
    expect(await member.refused(chatRpc.addMembers, { ...request, user_ids: [outside.id, 42] })).toBe('NOT_FOUND');
    expect(Object.keys(await rolesIn(chat.id, member))).toHaveLength(3);
    await admin.call(chatRpc.addMembers, { ...request, role: 'admin' });
    expect((await rolesIn(chat.id, member))[outside.id]).toBe('admin');
  });

  it('are removed by admins, owners only by owners', async () => {
    const { chat, founder } = await channel();
    const remove = (person: Person) => ({ chat_id: chat.id, user_id: person.id });
    expect(await member.refused(chatRpc.removeMember, remove(admin))).toBe('FORBIDDEN');
    expect(await admin.refused(chatRpc.removeMember, remove(founder))).toBe('FORBIDDEN');
    expect(await admin.refused(chatRpc.removeMember, remove(guest))).toBe('NOT_FOUND');
    await admin.call(chatRpc.removeMember, remove(member));
    await admin.call(chatRpc.removeMember, remove(member));
    expect(await member.canSend(chat.id)).toBe(false);
    await admin.call(chatRpc.removeMember, remove(admin));
    expect(await rolesIn(chat.id, founder)).toEqual({ [founder.id]: 'owner' });
  });

  it('get roles from admins, but owners only from owners, and one owner stays', async () => {
    const { chat, founder } = await channel();
    const set = (person: Person, role: 'owner' | 'admin' | 'member') => ({
      chat_id: chat.id,
      user_id: person.id,
      role,
    });
    expect(await member.refused(chatRpc.setRole, set(member, 'admin'))).toBe('FORBIDDEN');
    expect(await admin.refused(chatRpc.setRole, set(admin, 'owner'))).toBe('FORBIDDEN');
    expect(await admin.refused(chatRpc.setRole, set(founder, 'member'))).toBe('FORBIDDEN');
    expect(await founder.refused(chatRpc.setRole, set(founder, 'member'))).toBe('CONFLICT');
    expect(await founder.refused(chatRpc.leave, { chat_id: chat.id })).toBe('CONFLICT');
    expect(await founder.refused(chatRpc.setRole, set(guest, 'member'))).toBe('NOT_FOUND');
    await admin.call(chatRpc.setRole, set(member, 'admin'));
    await founder.call(chatRpc.setRole, set(admin, 'owner'));
    await founder.call(chatRpc.leave, { chat_id: chat.id });
    expect(await rolesIn(chat.id, admin)).toEqual({ [admin.id]: 'owner', [member.id]: 'admin' });
  });

  it('of whom two owners leave at once: one of them stays', async () => {
    for (let round = 0; round < 5; round++) {
      const { chat, founder } = await channel();
      await founder.call(chatRpc.setRole, { chat_id: chat.id, user_id: admin.id, role: 'owner' });
      const outcomes = await Promise.allSettled([
        founder.call(chatRpc.leave, { chat_id: chat.id }),
        admin.call(chatRpc.leave, { chat_id: chat.id }),
      ]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(Object.values(await rolesIn(chat.id, owner))).toContain('owner');
    }
  });
});

describe('a direct chat', () => {
  const direct = (asking: Person, ...people: Person[]) =>
    asking.call(chatRpc.direct, { workspace_id: workspaceId, user_ids: people.map(({ id }) => id) });

  it('is one for the same people, whoever asks, in whatever order, however many at once', async () => {
    const [first, second, third] = [await colleague(), await colleague(), await colleague()];
    const chats = await Promise.all([
      ...[direct(first, second, third), direct(first, third, second, first), direct(second, first, third)],
      ...[direct(third, second, first), direct(first, second, third), direct(second, third, first)],
    ]);
    expect(new Set(chats.map(({ id }) => id)).size).toBe(1);
    expect(chats[0]).toMatchObject({ type: 'direct', name: '', is_private: true, member_count: 3 });
    expect((await direct(first, second)).id).not.toBe(chats[0]?.id);
    for (const person of [first, second, third]) await person.send(chats[0]?.id ?? 0);
  });

  it('with oneself is a place for notes', async () => {
    const chat = await direct(member, member);
    expect(chat.member_count).toBe(1);
    expect((await direct(member, member)).id).toBe(chat.id);
    await member.send(chat.id);
  });

  it('needs people of the workspace, and for a guest people it shares a chat with', async () => {
    const stranger = new Person(house.bus);
    const newcomer = await colleague('guest');
    expect(await member.refused(chatRpc.direct, { workspace_id: workspaceId, user_ids: [stranger.id] })).toBe(
      'NOT_FOUND',
    );
    const request = { workspace_id: workspaceId, user_ids: [member.id] };
    expect(await stranger.refused(chatRpc.direct, request)).toBe('NOT_FOUND');
    expect(await newcomer.refused(chatRpc.direct, request)).toBe('NOT_FOUND');
    const { chat } = await channel();
    await member.call(chatRpc.addMembers, { chat_id: chat.id, user_ids: [newcomer.id] });
    expect((await newcomer.call(chatRpc.direct, request)).member_count).toBe(2);
  });

  it('can be neither left, changed, deleted nor widened', async () => {
    const chat_id = (await direct(member, admin)).id;
    expect(await member.refused(chatRpc.leave, { chat_id })).toBe('FORBIDDEN');
    expect(await member.refused(chatRpc.update, { chat_id, name: 'x' })).toBe('FORBIDDEN');
    expect(await member.refused(chatRpc.delete, { chat_id })).toBe('FORBIDDEN');
    expect(await member.refused(chatRpc.addMembers, { chat_id, user_ids: [owner.id] })).toBe('FORBIDDEN');
    expect(await member.refused(chatRpc.removeMember, { chat_id, user_id: admin.id })).toBe('FORBIDDEN');
    expect(await owner.refused(chatRpc.get, { chat_id })).toBe('NOT_FOUND');
  });
});
