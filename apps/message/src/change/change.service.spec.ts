import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LogEntry } from '#contracts/log.contract.js';
import { messageRpc } from '#contracts/message.contract.js';
import { userRpc } from '#contracts/user.contract.js';
import type { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import type { House } from '#testing/app.js';
import { asUser } from '#testing/caller.js';
import { upTo } from '#testing/range.js';
import { handOver, loggedChat, logNumbers, newChat, startMessages } from '../chat.fixture.js';

let house: House;
let database: Database;
let entries: LogEntry[];

beforeAll(async () => {
  ({ house, database, entries } = await startMessages());
}, 60_000);

afterAll(() => house.close());

const send = (chatId: number, userId: number, content: string) =>
  house.bus.call(messageRpc.send, { chat_id: chatId, content }, { as: asUser(userId) });
const edit = (messageId: number, userId: number, content: string) =>
  house.bus.call(messageRpc.edit, { message_id: messageId, content }, { as: asUser(userId) });
const remove = (messageId: number, userId: number) =>
  house.bus.call(messageRpc.delete, { message_id: messageId }, { as: asUser(userId) });

const chat = (...userIds: number[]) => newChat(house.bus, ...userIds);

async function mentionRows(chatId: number): Promise<unknown[]> {
  return database.query(
    sql('spec.mentions', 'SELECT ordinal, user_id FROM message.mentions WHERE chat_id = $1 ORDER BY ordinal, user_id'),
    [chatId],
  );
}

describe('sending through the service', () => {
  it('names present members, however they are written, and everybody by @here', async () => {
    const chatId = await chat(1, 2);
    const sent = await send(chatId, 1, 'To @user2, @User1! and @user3 and @nobody, `@user2` and @here');
    expect(sent.mentions).toEqual([2, 1]);
    expect(sent.sender).toEqual({ id: 1, username: 'user1', avatar_url: null });
    expect(await mentionRows(chatId)).toEqual([
      { ordinal: 1, user_id: 1 },
      { ordinal: 1, user_id: 2 },
      { ordinal: 1, user_id: null },
    ]);
  });
});

describe('an edit', () => {
  it('takes the next number, becomes the version of the message and leaves the old text in the history', async () => {
    const chatId = await chat(1, 2);
    const sent = await send(chatId, 1, 'first');
    await send(chatId, 2, 'between');
    const edited = await edit(sent.id, 1, 'second');
    expect(edited).toMatchObject({ id: sent.id, seq: 2, version: 4, ordinal: 1, content: 'second' });
    expect(edited.edited_at).toBe(edited.updated_at);
    expect(entries.at(-1)).toEqual({ type: 'message.updated', chat_id: chatId, seq: 4, data: { message: edited } });
    const { edits } = await house.bus.call(messageRpc.history, { message_id: sent.id }, { as: asUser(2) });
    expect(edits).toEqual([{ content: 'first', edited_at: edited.edited_at }]);
    expect(await logNumbers(database, chatId)).toEqual({ seqs: upTo(4), lastSeq: 4 });
  });

  it('with the same text changes nothing', async () => {
    const chatId = await chat(1);
    const sent = await send(chatId, 1, 'same');
    expect(await edit(sent.id, 1, 'same')).toEqual(sent);
    expect((await logNumbers(database, chatId)).lastSeq).toBe(2);
  });

  it('recomputes who is named', async () => {
    const chatId = await chat(1, 2, 3);
    const sent = await send(chatId, 1, '@user2 @chat');
    expect((await edit(sent.id, 1, '@user3')).mentions).toEqual([3]);
    expect(await mentionRows(chatId)).toEqual([{ ordinal: 1, user_id: 3 }]);
  });

  it('is for the sender alone, as long as they are a member and the chat is open', async () => {
    const chatId = await chat(1, 2);
    const sent = await send(chatId, 2, 'mine');
    await expect(edit(sent.id, 1, 'x')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(edit(sent.id, 9, 'x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(edit(999_999, 1, 'x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await handOver(house.bus, chatId, 2, { type: 'chat.updated', chat: loggedChat(chatId, true) });
    await expect(edit(sent.id, 2, 'x')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await handOver(house.bus, chatId, 3, { type: 'member.removed', user_ids: [2] });
    await expect(edit(sent.id, 2, 'x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await logNumbers(database, chatId)).seqs).toEqual(upTo(4));
  });
});

describe('a deletion', () => {
  it('erases text, mentions and history, and leaves a tombstone', async () => {
    const chatId = await chat(1, 2);
    const sent = await send(chatId, 1, 'canary-one @user2 @here');
    await edit(sent.id, 1, 'canary-two @user2');
    await remove(sent.id, 1);
    await remove(sent.id, 1);
    expect((await logNumbers(database, chatId)).seqs).toEqual(upTo(4));
    expect(entries.at(-1)).toMatchObject({
      type: 'message.deleted',
      seq: 4,
      data: { message: { id: sent.id, content: '', mentions: [], version: 4, deleted_at: expect.any(String) } },
    });
    expect(await mentionRows(chatId)).toEqual([]);
    const [found] = await database.query<{ canaries: number }>(
      sql(
        'spec.canaries',
        `SELECT (SELECT count(*) FROM message.messages m WHERE m::text LIKE '%canary%')
           + (SELECT count(*) FROM message.message_changes c WHERE c::text LIKE '%canary%') AS canaries`,
      ),
    );
    expect(found).toEqual({ canaries: 0 });
    await expect(edit(sent.id, 1, 'again')).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('is for the sender and for owners and admins of the chat', async () => {
    const chatId = await chat(1, 2, 3);
    const [a, b] = [await send(chatId, 2, 'a'), await send(chatId, 2, 'b')];
    await expect(remove(a.id, 3)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(remove(a.id, 9)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await remove(a.id, 1);
    await handOver(house.bus, chatId, 2, { type: 'member.updated', member: { user_id: 3, role: 'admin' } });
    await remove(b.id, 3);
    expect((await logNumbers(database, chatId)).seqs).toEqual(upTo(6));
  });

  it('and edits and sends at once keep the log dense', async () => {
    const chatId = await chat(1, 2);
    const sent = await Promise.all(upTo(20).map((n) => send(chatId, 1, `message ${n}`)));
    await Promise.all(
      sent.flatMap((one, index) => [
        edit(one.id, 1, `edited ${index}`).catch(() => undefined),
        index % 2 === 0 ? remove(one.id, 1) : send(chatId, 2, 'meanwhile'),
      ]),
    );
    const { seqs, lastSeq } = await logNumbers(database, chatId);
    expect(seqs).toEqual(upTo(lastSeq));
    const mine = entries.filter((entry) => entry.chat_id === chatId).map((entry) => entry.seq);
    expect(mine.sort((a, b) => a - b)).toEqual(upTo(lastSeq));
  });
});

describe('the name of a sender who was never seen here', () => {
  it.each([
    ['an edit', 50, (id: number) => edit(id, 50, 'second')],
    ['a deletion', 51, (id: number) => remove(id, 1)],
  ])('is asked for before %s is stored, which is then published at once', async (_, senderId, change) => {
    const chatId = await chat(1, senderId);
    const { id } = await send(chatId, 1, 'first');
    const ascribe = sql('spec.ascribe', 'UPDATE message.messages SET sender_id = $2 WHERE id = $1');
    await database.query(ascribe, [id, senderId]);
    const stored: number[] = [];
    const answer = async ({ ids }: { ids: number[] }) => {
      stored.push((await logNumbers(database, chatId)).lastSeq);
      return { users: ids.map((one) => ({ id: one, username: `user${one}`, avatar_url: null })) };
    };
    house.bus.serve(userRpc.getMany, answer, { queue: 'auth' });
    await change(id);
    expect(stored).toEqual([2]);
    const sender = { id: senderId, username: `user${senderId}`, avatar_url: null };
    expect(entries.at(-1)).toMatchObject({ chat_id: chatId, seq: 3, data: { message: { sender } } });
  });
});
