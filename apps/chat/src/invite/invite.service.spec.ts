import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { accessRpc } from '#contracts/access.contract.js';
import { authRpc } from '#contracts/auth.contract.js';
import { chatRpc } from '#contracts/chat.contract.js';
import { messageRpc } from '#contracts/message.contract.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import type { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { startHouse, type House } from '#testing/app.js';
import { eventually } from '#testing/eventually.js';
import { messageApp } from '../../../message/src/message.app.js';
import { messageDataSource } from '../../../message/src/message.data-source.js';
import { authApp } from '../../../auth/src/auth.app.js';
import { authDataSource } from '../../../auth/src/auth.data-source.js';
import { chatApp } from '../chat.app.js';
import { chatDataSource } from '../chat.data-source.js';
import { Person } from '../chat.fixture.js';
import { LossyWire } from '../faults.fixture.js';

let house: House;
let wire: LossyWire;
let database: Database;
let owner: Person;
let workspaceId: number;
let generalId: number;

beforeAll(async () => {
  house = await startHouse({
    apps: [messageApp, chatApp, authApp],
    dataSources: [messageDataSource, chatDataSource, authDataSource],
  });
  wire = new LossyWire(house.bus);
  database = await house.database('chat');
  owner = new Person(house.bus);
  ({ workspaceId, generalId } = await owner.createWorkspace());
}, 60_000);

afterEach(() => wire.heal());
afterAll(() => house.close());

async function colleague(): Promise<Person> {
  const person = new Person(house.bus);
  await owner.admit(workspaceId, person);
  return person;
}

const remove = (person: Person) =>
  owner.call(workspaceRpc.removeMember, { workspace_id: workspaceId, user_id: person.id });

async function removalOf(person: Person): Promise<string | null> {
  const statement = sql(
    'spec.removal',
    'SELECT removal FROM chat.workspace_users WHERE workspace_id = $1 AND user_id = $2',
  );
  const [row] = await database.query<{ removal: string | null }>(statement, [workspaceId, person.id]);
  return row?.removal ?? null;
}

describe('an invite', () => {
  it('lets anybody with the code in, into the general channel too, and again and again says so', async () => {
    const request = { workspace_id: workspaceId, expires_in_days: 1 };
    const { invite_code, expires_at, email, role } = await owner.call(workspaceRpc.createInvite, request);
    expect({ email, role }).toEqual({ email: null, role: 'member' });
    expect(invite_code).toMatch(/^[\w-]{22}$/);
    expect(Math.round((Date.parse(expires_at) - Date.now()) / 60_000)).toBe(24 * 60);
    const people = [new Person(house.bus), new Person(house.bus)];
    await Promise.all(
      people.flatMap((person) => [1, 2, 3].map(() => person.call(workspaceRpc.acceptInvite, { invite_code }))),
    );
    for (const person of people) {
      expect((await person.call(workspaceRpc.acceptInvite, { invite_code })).role).toBe('member');
      await person.send(generalId);
    }
  });

  it('to an address is for the user with this address only, in whatever case', async () => {
    const client = { address: '127.0.0.1', user_agent: 'spec' };
    const register = async (username: string) =>
      (
        await house.bus.call(
          authRpc.register,
          {
            ...{ username, email: `${username}@example.com`, password: 'correct horse battery', client },
          },
          { as: { kind: 'anyone' } },
        )
      ).user.id;
    const [invited, thief] = [
      new Person(house.bus, await register('invited')),
      new Person(house.bus, await register('thief')),
    ];
    const request = { workspace_id: workspaceId, email: 'INVITED@example.com' };
    const { invite_code } = await owner.call(workspaceRpc.createInvite, request);
    expect(await thief.refused(workspaceRpc.acceptInvite, { invite_code })).toBe('NOT_FOUND');
    expect((await invited.call(workspaceRpc.acceptInvite, { invite_code })).id).toBe(workspaceId);
  });

  it('is made, listed and taken back by those who run the workspace', async () => {
    const member = await colleague();
    expect(await member.refused(workspaceRpc.createInvite, { workspace_id: workspaceId })).toBe('FORBIDDEN');
    expect(await member.refused(workspaceRpc.listInvites, { workspace_id: workspaceId })).toBe('FORBIDDEN');
    const { invite_code } = await owner.call(workspaceRpc.createInvite, { workspace_id: workspaceId });
    const request = { workspace_id: workspaceId, invite_code };
    expect(await member.refused(workspaceRpc.deleteInvite, request)).toBe('FORBIDDEN');
    const { invites } = await owner.call(workspaceRpc.listInvites, { workspace_id: workspaceId });
    expect(invites.map((invite) => invite.invite_code)).toContain(invite_code);
    await owner.call(workspaceRpc.deleteInvite, request);
    expect(await owner.refused(workspaceRpc.deleteInvite, request)).toBe('NOT_FOUND');
    expect(await new Person(house.bus).refused(workspaceRpc.acceptInvite, { invite_code })).toBe('NOT_FOUND');
  });

  it('ends with its time', async () => {
    const { invite_code } = await owner.call(workspaceRpc.createInvite, { workspace_id: workspaceId });
    const age = sql('spec.expire', 'UPDATE chat.invites SET expires_at = now() WHERE code = $1');
    await database.query(age, [invite_code]);
    expect(await new Person(house.bus).refused(workspaceRpc.acceptInvite, { invite_code })).toBe('NOT_FOUND');
    const { invites } = await owner.call(workspaceRpc.listInvites, { workspace_id: workspaceId });
    expect(invites.map((invite) => invite.invite_code)).not.toContain(invite_code);
  });

  it('is worth nothing while whoever made it may not invite', async () => {
    const [removed, demoted, left] = [await colleague(), await colleague(), await colleague()];
    const standing = (person: Person) => ({ workspace_id: workspaceId, user_id: person.id });
    const codes: string[] = [];
    for (const person of [removed, demoted, left]) {
      await owner.call(workspaceRpc.setRole, { ...standing(person), role: 'admin' });
      const request = { workspace_id: workspaceId, role: 'admin' as const, expires_in_days: 365 };
      codes.push((await person.call(workspaceRpc.createInvite, request)).invite_code);
    }
    await remove(removed);
    await owner.call(workspaceRpc.setRole, { ...standing(demoted), role: 'member' });
    await left.call(workspaceRpc.removeMember, standing(left));
    const accept = (invite_code: string) => new Person(house.bus).refused(workspaceRpc.acceptInvite, { invite_code });
    for (const code of codes) expect(await accept(code)).toBe('NOT_FOUND');
    const { invites } = await owner.call(workspaceRpc.listInvites, { workspace_id: workspaceId });
    expect(invites.filter(({ invite_code }) => codes.includes(invite_code))).toEqual([]);
  });

  it('does not bring back who was removed after it was made, but who left by themselves', async () => {
    const [removed, left] = [await colleague(), await colleague()];
    const { invite_code } = await owner.call(workspaceRpc.createInvite, { workspace_id: workspaceId });
    await remove(removed);
    await left.call(workspaceRpc.removeMember, { workspace_id: workspaceId, user_id: left.id });
    expect(await left.canSend(generalId)).toBe(false);
    expect(await removed.refused(workspaceRpc.acceptInvite, { invite_code })).toBe('NOT_FOUND');
    await left.call(workspaceRpc.acceptInvite, { invite_code });
    await left.send(generalId);
  });
});

describe('a removal from the workspace', () => {
  it('shuts out of every chat at once; a chat without an owner goes to the first who stays', async () => {
    const [person, other] = [await colleague(), await colleague()];
    const closed = await person.createChannel(workspaceId, 'left behind', { is_private: true, member_ids: [other.id] });
    const direct = await person.call(chatRpc.direct, { workspace_id: workspaceId, user_ids: [other.id] });
    await remove(person);
    await remove(person);
    for (const chatId of [generalId, closed.id, direct.id]) {
      expect(await person.canSend(chatId)).toBe(false);
      expect(await person.refused(messageRpc.list, { chat_id: chatId })).toBe('NOT_FOUND');
      expect(await person.refused(chatRpc.get, { chat_id: chatId })).toBe('NOT_FOUND');
    }
    const { members } = await other.call(chatRpc.listMembers, { chat_id: closed.id });
    expect(members.map(({ user_id, role }) => [user_id, role])).toEqual([[other.id, 'owner']]);
    expect(await person.refused(workspaceRpc.get, { workspace_id: workspaceId })).toBe('NOT_FOUND');
    expect(await removalOf(person)).toBe('done');
    await owner.admit(workspaceId, person);
    expect(await person.canSend(generalId)).toBe(true);
    expect(await person.canSend(closed.id)).toBe(false);
    const again = await other.call(chatRpc.direct, { workspace_id: workspaceId, user_ids: [person.id] });
    expect(again).toMatchObject({ id: direct.id, member_count: 2 });
    expect(await person.canSend(direct.id)).toBe(true);
  });

  it('is not for members, nor of owners by admins, nor of the last owner', async () => {
    const [first, second] = [await colleague(), await colleague()];
    const request = (person: Person) => ({ workspace_id: workspaceId, user_id: person.id });
    expect(await first.refused(workspaceRpc.removeMember, request(second))).toBe('FORBIDDEN');
    await owner.call(workspaceRpc.setRole, { ...request(first), role: 'admin' });
    expect(await first.refused(workspaceRpc.removeMember, request(owner))).toBe('FORBIDDEN');
    expect(await owner.refused(workspaceRpc.removeMember, request(owner))).toBe('CONFLICT');
    expect(await owner.refused(workspaceRpc.removeMember, request(new Person(house.bus)))).toBe('NOT_FOUND');
    await first.call(workspaceRpc.removeMember, request(second));
  });

  for (const [contract, what] of [
    [accessRpc.deny, 'request'],
    [accessRpc.deny, 'reply'],
    [accessRpc.apply, 'request'],
    [accessRpc.apply, 'reply'],
  ] as const) {
    it(`is finished in the background when the ${what} of ${contract.subject} is lost`, async () => {
      const person = await colleague();
      wire.lose(contract, what);
      const denied = contract !== accessRpc.deny;
      const outcome = await remove(person).then(
        () => true,
        () => false,
      );
      expect(outcome).toBe(denied);
      if (denied) expect(await person.canSend(generalId)).toBe(false);
      wire.heal();
      await eventually(async () => (await removalOf(person)) === 'done');
      expect(await person.canSend(generalId)).toBe(false);
      await owner.admit(workspaceId, person);
      expect(await person.canSend(generalId)).toBe(true);
    });
  }

  it('is finished before the next admission is, which can be repeated when a reply is lost', async () => {
    const person = await colleague();
    const chat = await owner.createChannel(workspaceId, 'twice', { member_ids: [person.id] });
    wire.lose(accessRpc.apply, 'request');
    await remove(person);
    const { invite_code } = await owner.call(workspaceRpc.createInvite, { workspace_id: workspaceId });
    expect(await person.refused(workspaceRpc.acceptInvite, { invite_code })).toBe('UNAVAILABLE');
    wire.heal();
    wire.lose(accessRpc.allow, 'reply');
    expect(await person.refused(workspaceRpc.acceptInvite, { invite_code })).toBe('UNAVAILABLE');
    expect(await person.canSend(chat.id)).toBe(false);
    wire.heal();
    await person.call(workspaceRpc.acceptInvite, { invite_code });
    expect(await person.canSend(generalId)).toBe(true);
    expect(await person.canSend(chat.id)).toBe(false);
  });

  it('and admissions at the same time end as the last of them says', async () => {
    for (let round = 0; round < 10; round++) {
      const person = await colleague();
      const chat = await owner.createChannel(workspaceId, `race ${round}`);
      const { invite_code } = await owner.call(workspaceRpc.createInvite, { workspace_id: workspaceId });
      const request = { workspace_id: workspaceId, user_id: person.id };
      await Promise.allSettled([
        person.call(workspaceRpc.removeMember, request),
        person.call(workspaceRpc.acceptInvite, { invite_code }),
        person.call(chatRpc.join, { chat_id: chat.id }),
        person.call(workspaceRpc.acceptInvite, { invite_code }),
      ]);
      const { user_ids } = await owner.call(workspaceRpc.visibleUsers, { ids: [person.id] });
      const { chats } = await person.call(chatRpc.getMany, { ids: [chat.id, generalId] });
      for (const chatId of [chat.id, generalId]) {
        expect(await person.canSend(chatId)).toBe(chats.some(({ id }) => id === chatId));
      }
      if (user_ids.length === 0) expect(chats).toEqual([]);
      else expect(chats.map(({ id }) => id)).toContain(generalId);
    }
  });
});
