import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { logRpc, type LogEntry } from '#contracts/log.contract.js';
import { messageRpc, type Message } from '#contracts/message.contract.js';
import { mostEmoji, mostNamed, reactionRpc } from '#contracts/reaction.contract.js';
import type { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import type { House } from '#testing/app.js';
import { asService, asUser } from '#testing/caller.js';
import { upTo } from '#testing/range.js';
import { handOver, loggedChat, logNumbers, newChat, startMessages } from '../chat.fixture.js';

let house: House;
let database: Database;
let live: LogEntry[];

beforeAll(async () => {
  ({ house, database, entries: live } = await startMessages());
});

afterAll(() => house.close());

const react = (messageId: number, userId: number, emoji: string) =>
  house.bus.call(reactionRpc.add, { message_id: messageId, emoji }, { as: asUser(userId) });
const takeBack = (messageId: number, userId: number, emoji: string) =>
  house.bus.call(reactionRpc.remove, { message_id: messageId, emoji }, { as: asUser(userId) });
const read = (messageId: number) => house.bus.call(messageRpc.get, { message_id: messageId }, { as: asUser(1) });

/** A chat with a message of its first user. */
async function posted(...userIds: number[]): Promise<Message> {
  const chatId = await newChat(house.bus, ...userIds);
  return house.bus.call(messageRpc.send, { chat_id: chatId, content: 'look' }, { as: asUser(1) });
}

describe('a reaction', () => {
  it('takes the next number, becomes the version of the message, and is the same live, in the log and on a page', async () => {
    const { id, chat_id, ...sent } = await posted(1, 2);
    const reacted = await react(id, 2, '👩‍🚀');
    expect(reacted).toEqual({
      ...{ id, chat_id, ...sent },
      version: 3,
      reactions: [{ emoji: '👩‍🚀', count: 1, user_ids: [2] }],
    });
    expect(await takeBack(id, 2, '👩‍🚀')).toEqual({ id, chat_id, ...sent, version: 4 });
    await react(id, 1, '+1');
    const entries = live.filter((entry) => entry.chat_id === chat_id);
    const data = { message_id: id, actor_id: 2, user_id: 2, emoji: '👩‍🚀', created_at: expect.any(String) };
    expect(entries.slice(2, 4)).toEqual([
      { type: 'reaction.added', chat_id, seq: 3, data },
      { type: 'reaction.removed', chat_id, seq: 4, data },
    ]);
    const log = await house.bus.call(logRpc.follow, { chat_id, after: 2 }, { as: asService('search') });
    expect(log.entries).toEqual(entries.slice(2));
    const page = await house.bus.call(messageRpc.list, { chat_id }, { as: asUser(2) });
    expect(page.messages).toEqual([await read(id)]);
    expect(page.messages[0]?.reactions).toEqual([{ emoji: '+1', count: 1, user_ids: [1] }]);
  });

  it('twice is one, and taking back what is not there changes nothing', async () => {
    const { id, chat_id } = await posted(1, 2);
    const once = await react(id, 1, '👍');
    expect(await react(id, 1, '👍')).toEqual(once);
    expect(await takeBack(id, 2, '👍')).toEqual(once);
    expect(await takeBack(id, 1, '👎')).toEqual(once);
    expect(await logNumbers(database, chat_id)).toEqual({ seqs: upTo(3), lastSeq: 3 });
  });

  it('stands in the order in which emoji came, also after the first has taken it back', async () => {
    const { id } = await posted(1, 2, 3);
    await react(id, 1, 'b');
    await react(id, 2, 'a');
    await react(id, 3, 'b');
    await takeBack(id, 1, 'b');
    expect((await read(id)).reactions.map(({ emoji }) => emoji)).toEqual(['b', 'a']);
    await takeBack(id, 3, 'b');
    expect((await react(id, 3, 'b')).reactions.map(({ emoji }) => emoji)).toEqual(['a', 'b']);
  });

  it('counts all and names the first hundred', async () => {
    const userIds = upTo(mostNamed + 10);
    const { id, chat_id } = await posted(...userIds);
    for (const userId of userIds) await react(id, userId, '🎉');
    expect((await read(id)).reactions).toEqual([
      { emoji: '🎉', count: userIds.length, user_ids: userIds.slice(0, mostNamed) },
    ]);
    expect((await logNumbers(database, chat_id)).seqs).toEqual(upTo(userIds.length + 2));
  });

  it('finds room for twenty emoji, however many people use them', async () => {
    const { id } = await posted(1, 2);
    const emoji = upTo(mostEmoji).map((n) => `e${n}`);
    for (const one of emoji) await react(id, 1, one);
    await expect(react(id, 2, 'one more')).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
    await expect(react(id, 2, 'one-more')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await react(id, 2, 'e20')).reactions.map((one) => one.emoji)).toEqual(emoji);
    await takeBack(id, 1, 'e1');
    expect((await react(id, 2, 'one-more')).reactions).toHaveLength(mostEmoji);
  });

  it('is for present members, open chats and messages that were not deleted', async () => {
    const { id, chat_id } = await posted(1, 2);
    await react(id, 1, '👍');
    for (const change of [react, takeBack]) {
      await expect(change(id, 9, '👍')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(change(999_999, 1, '👍')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    await handOver(house.bus, chat_id, 2, { type: 'member.removed', user_ids: [2] });
    await expect(react(id, 2, '👍')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await handOver(house.bus, chat_id, 3, { type: 'chat.updated', chat: loggedChat(chat_id, true) });
    for (const change of [react, takeBack])
      await expect(change(id, 1, '👍')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await handOver(house.bus, chat_id, 4, { type: 'chat.updated', chat: loggedChat(chat_id) });
    await house.bus.call(messageRpc.delete, { message_id: id }, { as: asUser(1) });
    for (const change of [react, takeBack])
      await expect(change(id, 1, '👍')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await read(id)).toMatchObject({ reactions: [], version: 7 });
    const left = sql('spec.reactions_left', 'SELECT FROM message.reactions WHERE message_id = $1');
    expect(await database.query(left, [id])).toEqual([]);
    expect((await logNumbers(database, chat_id)).seqs).toEqual(upTo(7));
  });

  it('is told to who sends the message again', async () => {
    const chatId = await newChat(house.bus, 1, 2);
    const request = { chat_id: chatId, content: 'once', idempotency_key: 'key' };
    const { id } = await house.bus.call(messageRpc.send, request, { as: asUser(1) });
    const reacted = await react(id, 2, '👍');
    expect(await house.bus.call(messageRpc.send, request, { as: asUser(1) })).toEqual(reacted);
    const batch = { messages: [request, { chat_id: chatId, content: 'more' }] };
    const { messages } = await house.bus.call(messageRpc.sendBatch, batch, { as: asUser(1) });
    expect(messages[0]).toEqual(reacted);
    expect(messages[1]).toMatchObject({ seq: 4, version: 4 });
  });

  it('stays with a message that is edited', async () => {
    const { id } = await posted(1);
    const { reactions } = await react(id, 1, '👍');
    const edited = await house.bus.call(messageRpc.edit, { message_id: id, content: 'look again' }, { as: asUser(1) });
    expect(edited).toMatchObject({ version: 4, reactions });
    expect(live.at(-1)).toMatchObject({ type: 'message.updated', data: { message: edited } });
  });
});
