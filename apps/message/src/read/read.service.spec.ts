import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { logEvent } from '#contracts/log.contract.js';
import { messageRpc, type Message } from '#contracts/message.contract.js';
import type { PayloadOf } from '#contracts/contract.js';
import type { House } from '#testing/app.js';
import { asUser } from '#testing/caller.js';
import { eventually } from '#testing/eventually.js';
import { handOver, newChat, startMessages } from '../chat.fixture.js';
import { ReadRepository } from './read.repository.js';

let house: House;

beforeAll(async () => {
  ({ house } = await startMessages());
});

afterAll(() => house.close());

const send = (userId: number, chatId: number, content = 'text') =>
  house.bus.call(messageRpc.send, { chat_id: chatId, content }, { as: asUser(userId) });
const read = (userId: number, chatId: number, seq: number) =>
  house.bus.call(messageRpc.read, { chat_id: chatId, seq }, { as: asUser(userId) });

async function inboxOf(userId: number, chatId: number) {
  const { chats } = await house.bus.call(messageRpc.inbox, {}, { as: asUser(userId) });
  return chats.find((chat) => chat.chat_id === chatId);
}

describe('reading a chat', () => {
  it('moves forward only, at most to the end, and tells the devices of the user', async () => {
    const chatId = await newChat(house.bus, 1, 2);
    const told: PayloadOf<typeof logEvent.user>[] = [];
    house.bus.subscribe(logEvent.user, { user_id: 2 }, (event) => void told.push(event));
    const sent = [await send(1, chatId), await send(1, chatId), await send(1, chatId)];
    const [first, second, third] = sent.map(({ seq }) => seq) as [number, number, number];
    expect(await read(2, chatId, second)).toEqual({ chat_id: chatId, read_seq: second, unread_count: 1 });
    expect(await read(2, chatId, first)).toEqual({ chat_id: chatId, read_seq: second, unread_count: 1 });
    expect(await read(2, chatId, 4711)).toEqual({ chat_id: chatId, read_seq: third, unread_count: 0 });
    expect(told.map((event) => 'read_seq' in event && [event.read_seq, event.unread_count])).toEqual([
      [second, 1],
      [third, 0],
    ]);
    expect(told[1]?.version).toBe((told[0]?.version ?? 0) + 1);
    expect((await inboxOf(2, chatId))?.read_seq).toBe(third);
  });

  it('is told with the version of the inbox that it made, whatever changes right after it', async () => {
    const chatId = await newChat(house.bus, 1, 2);
    const { seq } = await send(1, chatId);
    const told: PayloadOf<typeof logEvent.user>[] = [];
    house.bus.subscribe(logEvent.user, { user_id: 2 }, (event) => void told.push(event));
    const between = jest.spyOn(ReadRepository.prototype, 'position').mockImplementation(async function (
      this: ReadRepository,
      ...of
    ) {
      between.mockRestore();
      await newChat(house.bus, 1, 2);
      return this.position(...of);
    });
    await read(2, chatId, seq);
    await eventually(() => told.length === 2);
    const versionOf = (type: string) => told.find((event) => event.type === type)?.version ?? NaN;
    expect(versionOf('access') - versionOf('read')).toBe(1);
  });

  it('is for present members', async () => {
    const chatId = await newChat(house.bus, 1, 2);
    await handOver(house.bus, chatId, 2, { type: 'member.removed', user_ids: [2] });
    for (const stranger of [2, 3]) await expect(read(stranger, chatId, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

interface Member {
  present: boolean;
  readSeq: number;
}

/** A chat as a naive counter has it: every message, and how far each member has read. */
class Model {
  readonly messages: Message[] = [];
  readonly members = new Map<number, Member>();
  version = 1;

  constructor(readonly chatId: number) {}

  of(userId: number): Member {
    const member = this.members.get(userId) ?? { present: false, readSeq: 0 };
    this.members.set(userId, member);
    return member;
  }

  unread(userId: number): Message[] {
    return this.messages.filter(({ seq, deleted_at }) => seq > this.of(userId).readSeq && deleted_at === null);
  }

  mentions(userId: number): number {
    const names = new RegExp(`@(user${userId}|chat)\\b`);
    return this.unread(userId).filter(({ content }) => names.test(content)).length;
  }
}

type Step = (model: Model) => Promise<void>;

const users = [1, 2, 3];
const anyUser = fc.constantFrom(...users);
const anyText = fc.constantFrom('plain', 'for @user2', 'for @user3 and @chat', '@chat', '@user1 @user2');

const sending = fc.tuple(anyUser, anyText).map(([userId, text]): Step => async (model) => {
  if (!model.of(userId).present) return;
  const message = await send(userId, model.chatId, text);
  model.messages.push(message);
  model.of(userId).readSeq = message.seq;
});

const changing = fc.tuple(fc.nat(), fc.option(anyText)).map(([number, text]): Step => async (model) => {
  const index = number % Math.max(model.messages.length, 1);
  const message = model.messages[index];
  if (message === undefined || message.deleted_at !== null || !model.of(message.sender_id).present) return;
  const options = { as: asUser(message.sender_id) };
  if (text === null) await house.bus.call(messageRpc.delete, { message_id: message.id }, options);
  else await house.bus.call(messageRpc.edit, { message_id: message.id, content: text }, options);
  model.messages[index] = await house.bus.call(messageRpc.get, { message_id: message.id }, options);
});

const reading = fc.tuple(anyUser, fc.nat(60)).map(([userId, seq]): Step => async (model) => {
  if (!model.of(userId).present) return;
  const reply = await read(userId, model.chatId, seq);
  model.of(userId).readSeq = Math.max(model.of(userId).readSeq, reply.read_seq);
  expect(reply.unread_count).toBe(model.unread(userId).length);
});

const moving = fc.constant<Step>(async (model) => {
  const member = model.of(3);
  model.version += 1;
  await handOver(
    house.bus,
    model.chatId,
    model.version,
    member.present
      ? { type: 'member.removed', user_ids: [3] }
      : { type: 'member.added', members: [{ user_id: 3, role: 'member' }] },
  );
  member.present = !member.present;
  if (member.present) member.readSeq = (await inboxOf(3, model.chatId))?.joined_seq ?? Infinity;
});

describe('unread and mentions', () => {
  it('equal a recount whatever is sent, edited, deleted, read, joined and left', async () => {
    const steps = fc.array(
      fc.oneof({ weight: 4, arbitrary: sending }, { weight: 3, arbitrary: changing }, reading, moving),
      { minLength: 5, maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (todo) => {
        const model = new Model(await newChat(house.bus, 1, 2));
        for (const userId of [1, 2]) Object.assign(model.of(userId), { present: true, readSeq: 1 });
        for (const step of todo) await step(model);
        for (const userId of users) {
          const chat = await inboxOf(userId, model.chatId);
          const expected = model.of(userId).present
            ? { unread_count: model.unread(userId).length, mention_count: model.mentions(userId) }
            : undefined;
          expect(chat && { unread_count: chat.unread_count, mention_count: chat.mention_count }).toEqual(expected);
        }
      }),
      { numRuns: 25 },
    );
  });
});
