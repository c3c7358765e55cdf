import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { accessRpc } from '#contracts/access.contract.js';
import { chatRpc } from '#contracts/chat.contract.js';
import { logRpc } from '#contracts/log.contract.js';
import type { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { CrashPoints } from '#service/crash-point.js';
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
import { HandOverService } from './hand-over.service.js';
import { OutboxRepository } from './outbox.repository.js';

let house: House;
let wire: LossyWire;
let database: Database;
let outbox: OutboxRepository;
let owner: Person;
let workspaceId: number;

beforeAll(async () => {
  house = await startHouse({
    apps: [messageApp, chatApp, authApp],
    dataSources: [messageDataSource, chatDataSource, authDataSource],
  });
  wire = new LossyWire(house.bus);
  database = await house.database('chat');
  outbox = new OutboxRepository(database);
  owner = new Person(house.bus);
  ({ workspaceId } = await owner.createWorkspace());
}, 60_000);

afterEach(() => wire.heal());
afterAll(() => house.close());

async function colleague(): Promise<Person> {
  const person = new Person(house.bus);
  await owner.admit(workspaceId, person);
  return person;
}

async function logOf(chatId: number): Promise<string[]> {
  const { entries } = await owner.call(logRpc.read, { chat_id: chatId, after: 0 });
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
  return entries.map(({ type }) => type);
}

const isOpen = async (chatId: number) => (await outbox.openAmong([chatId])).length > 0;

/** What a process does that dies at this place: nothing after it. */
class Dies extends CrashPoints {
  constructor(private readonly place: string) {
    super(undefined);
  }

  override reach(name: string): void {
    if (name === this.place) throw new Error(`died at ${name}`);
  }
}

describe('while message cannot be reached', () => {
  it('no answer names the chat, and the background finishes the hand-over', async () => {
    const chat = await owner.createChannel(workspaceId, 'cut-off');
    const other = await colleague();
    wire.lose(accessRpc.apply, 'request');
    expect(await other.refused(chatRpc.join, { chat_id: chat.id })).toBe('UNAVAILABLE');
    expect(await other.refused(chatRpc.join, { chat_id: chat.id })).toBe('UNAVAILABLE');
    for (const contract of [chatRpc.get, chatRpc.listMembers, chatRpc.update]) {
      expect(await owner.refused(contract, { chat_id: chat.id })).toBe('UNAVAILABLE');
    }
    expect(await owner.refused(chatRpc.getMany, { ids: [chat.id] })).toBe('UNAVAILABLE');
    expect(await owner.refused(chatRpc.search, { query: 'cut-off' })).toBe('UNAVAILABLE');
    expect(await other.canSend(chat.id)).toBe(false);
    wire.heal();
    await eventually(async () => !(await isOpen(chat.id)));
    expect(await other.canSend(chat.id)).toBe(true);
    expect(await logOf(chat.id)).toEqual(['chat.created', 'member.added', 'message.created']);
  });

  it('a new chat is not browsed, and other chats are answered', async () => {
    const well = await owner.createChannel(workspaceId, 'well');
    const other = await colleague();
    wire.lose(accessRpc.apply, 'request');
    const request = { workspace_id: workspaceId, name: 'half-made', type: 'channel' as const };
    expect(await owner.refused(chatRpc.create, request)).toBe('UNAVAILABLE');
    expect(await other.refused(chatRpc.browse, { workspace_id: workspaceId, q: 'half' })).toBe('UNAVAILABLE');
    expect((await other.call(chatRpc.browse, { workspace_id: workspaceId, q: 'well' })).chats).toHaveLength(1);
    expect((await owner.call(chatRpc.get, { chat_id: well.id })).id).toBe(well.id);
    wire.heal();
    const { chats } = await other.call(chatRpc.browse, { workspace_id: workspaceId, q: 'half' });
    expect(chats.map(({ name }) => name)).toEqual(['half-made']);
    await owner.send(chats[0]?.id ?? 0);
  });

  it('changes pile up and are applied later, in their order', async () => {
    const other = await colleague();
    const chat = await owner.createChannel(workspaceId, 'piled');
    wire.lose(accessRpc.apply, 'request');
    await other.refused(chatRpc.join, { chat_id: chat.id });
    await owner.refused(chatRpc.setRole, { chat_id: chat.id, user_id: other.id, role: 'admin' });
    await other.refused(chatRpc.update, { chat_id: chat.id, name: 'piled-up' });
    await other.refused(chatRpc.leave, { chat_id: chat.id });
    wire.heal();
    expect((await owner.call(chatRpc.get, { chat_id: chat.id })).name).toBe('piled-up');
    expect(await logOf(chat.id)).toEqual([
      ...['chat.created', 'member.added', 'member.updated', 'chat.updated', 'member.removed'],
    ]);
    expect(await isOpen(chat.id)).toBe(false);
  });
});

describe('when the reply of message is lost', () => {
  it('the change is applied once, and the repeated call is answered', async () => {
    const other = await colleague();
    const chat = await owner.createChannel(workspaceId, 'echo');
    wire.lose(accessRpc.apply, 'reply');
    expect(await other.refused(chatRpc.join, { chat_id: chat.id })).toBe('UNAVAILABLE');
    wire.heal();
    expect((await other.call(chatRpc.join, { chat_id: chat.id })).member_count).toBe(2);
    await other.send(chat.id);
    expect(await logOf(chat.id)).toEqual(['chat.created', 'member.added', 'message.created']);
  });

  it('a repeated removal, leave and deletion are done', async () => {
    const [first, second] = [await colleague(), await colleague()];
    const chat = await owner.createChannel(workspaceId, 'parting', {
      is_private: true,
      member_ids: [first.id, second.id],
    });
    wire.lose(accessRpc.apply, 'reply');
    await first.refused(chatRpc.leave, { chat_id: chat.id });
    await owner.refused(chatRpc.removeMember, { chat_id: chat.id, user_id: second.id });
    wire.heal();
    await first.call(chatRpc.leave, { chat_id: chat.id });
    await owner.call(chatRpc.removeMember, { chat_id: chat.id, user_id: second.id });
    expect(await logOf(chat.id)).toEqual(['chat.created', 'member.removed', 'member.removed']);
    wire.lose(accessRpc.apply, 'request');
    expect(await owner.refused(chatRpc.delete, { chat_id: chat.id })).toBe('UNAVAILABLE');
    expect(await owner.refused(chatRpc.delete, { chat_id: chat.id })).toBe('UNAVAILABLE');
    wire.heal();
    await owner.call(chatRpc.delete, { chat_id: chat.id });
    expect(await owner.canSend(chat.id)).toBe(false);
  });
});

describe('a process that dies', () => {
  for (const place of ['chat.hand_over.before_apply', 'chat.hand_over.after_apply']) {
    it(`at ${place} leaves what the next one finishes, once`, async () => {
      const other = await colleague();
      const chat = await owner.createChannel(workspaceId, place);
      wire.lose(accessRpc.apply, 'request');
      await other.refused(chatRpc.join, { chat_id: chat.id });
      wire.heal();
      await new HandOverService(outbox, house.bus, new Dies(place)).deliver(chat.id).catch(() => undefined);
      await new HandOverService(outbox, house.bus, new CrashPoints(undefined)).deliver(chat.id);
      expect(await isOpen(chat.id)).toBe(false);
      expect(await logOf(chat.id)).toEqual(['chat.created', 'member.added']);
    });
  }
});

describe('many at once', () => {
  it('join one chat: everybody can write when answered, and everybody has one entry', async () => {
    const people = await Promise.all(Array.from({ length: 20 }, colleague));
    const chat = await owner.createChannel(workspaceId, 'crowd');
    await Promise.all(people.flatMap((person) => [1, 2, 3].map(() => person.call(chatRpc.join, { chat_id: chat.id }))));
    expect((await owner.call(chatRpc.get, { chat_id: chat.id })).member_count).toBe(21);
    const log = await logOf(chat.id);
    expect(log.filter((type) => type === 'member.added')).toHaveLength(20);
    const late = await Promise.all(Array.from({ length: 10 }, colleague));
    await Promise.all(
      late.map(async (person) => {
        await person.call(chatRpc.join, { chat_id: chat.id });
        await person.send(chat.id);
        await person.call(chatRpc.leave, { chat_id: chat.id });
        expect(await person.canSend(chat.id)).toBe(false);
      }),
    );
    await logOf(chat.id);
  });

  it('replicas deliver the same chats: each change is applied once', async () => {
    const chats = await Promise.all(
      Array.from({ length: 6 }, (_, index) => owner.createChannel(workspaceId, `shared-${index}`)),
    );
    wire.lose(accessRpc.apply, 'request');
    for (const name of ['a', 'b', 'c']) {
      for (const { id } of chats) await owner.refused(chatRpc.update, { chat_id: id, description: name });
    }
    wire.heal();
    const replicas = Array.from(
      { length: 4 },
      () => new HandOverService(outbox, house.bus, new CrashPoints(undefined)),
    );
    await Promise.all(replicas.map((replica) => replica.settle(chats.map(({ id }) => id))));
    for (const { id } of chats) {
      expect(await logOf(id)).toEqual(['chat.created', 'chat.updated', 'chat.updated', 'chat.updated']);
    }
  });
});

describe('a hole in the versions', () => {
  it('is never applied over', async () => {
    const chat = await owner.createChannel(workspaceId, 'hole');
    wire.lose(accessRpc.apply, 'request');
    await owner.refused(chatRpc.update, { chat_id: chat.id, description: 'second' });
    await owner.refused(chatRpc.update, { chat_id: chat.id, description: 'third' });
    const lose = sql('spec.lose_version', 'DELETE FROM chat.access_outbox WHERE chat_id = $1 AND version = 2');
    await database.query(lose, [chat.id]);
    wire.heal();
    expect(await owner.refused(chatRpc.get, { chat_id: chat.id })).toBe('UNAVAILABLE');
    expect(await logOf(chat.id)).toEqual(['chat.created']);
    await database.query(sql('spec.drop', 'DELETE FROM chat.access_outbox WHERE chat_id = $1'), [chat.id]);
  });
});
