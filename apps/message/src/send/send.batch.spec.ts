import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { messageRpc, type Message } from '#contracts/message.contract.js';
import { reactionRpc } from '#contracts/reaction.contract.js';
import { sql } from '#database/statement.js';
import { asUser } from '#testing/caller.js';
import { upTo } from '#testing/range.js';
import { handOver, loggedChat, serveUsers } from '../chat.fixture.js';
import { message, outcomes, send, sendAll, SendHouse, stored } from './send.fixture.js';
import type { SendQueue } from './send.queue.js';
import type { Sent } from './waiting-line.js';

let house: SendHouse;
let queue: SendQueue;

beforeAll(async () => {
  house = await SendHouse.start();
  serveUsers(house.house.bus);
  queue = await house.service();
}, 60_000);

afterAll(() => house.house.close());

/** Texts of a chat in the order of the log. */
async function texts(chatId: number): Promise<string[]> {
  const rows = await house.database.query<{ content: string }>(
    sql('spec.texts', 'SELECT content FROM message.messages WHERE chat_id = $1 ORDER BY seq'),
    [chatId],
  );
  return rows.map(({ content }) => content);
}

describe('a batch', () => {
  it('is stored in the order given, in one chat or several, however long it is', async () => {
    const [one, two] = [await house.chat(1), await house.chat(1)];
    const sent = await sendAll(
      queue,
      upTo(500).map((n) => message(n % 2 === 1 ? one : two, 1, `m ${n}`)),
    );
    expect(sent.map((each) => stored(each).content)).toEqual(upTo(500).map((n) => `m ${n}`));
    expect(await texts(one)).toEqual(upTo(250).map((n) => `m ${2 * n - 1}`));
    expect(await texts(two)).toEqual(upTo(250).map((n) => `m ${2 * n}`));
    await house.expectDense(one, 250);
    await house.expectDense(two, 250);
  });

  it('with one refused message stores nothing, beside others that are stored', async () => {
    const [good, archived, foreign] = [await house.chat(1), await house.chat(1), await house.chat(2)];
    await handOver(house.house.bus, archived, 2, { type: 'chat.updated', chat: loggedChat(archived, true) });
    await send(queue, message(good, 1, 'taken', 'k'));
    const bad = [
      message(archived, 1, 'x'),
      message(foreign, 1, 'x'),
      message(9_999_999, 1, 'x'),
      message(good, 1, 'not taken', 'k'),
      { ...message(good, 1, 'x'), parentId: 9_999_999 },
      message(good, 1, 'what PostgreSQL cannot store: \0'),
    ];
    const sent = await Promise.allSettled(
      bad.flatMap((one, n) => [
        sendAll(queue, [message(good, 1, `before ${n}`), one, message(good, 1, `after ${n}`)]),
        sendAll(queue, [message(good, 1, `neighbour ${n}`)]),
      ]),
    );
    const told = sent.map((result) => (result.status === 'fulfilled' ? outcomes(result.value) : 'failed'));
    expect(told.filter((_, index) => index % 2 === 0)).toEqual([
      ['dropped', 'archived', 'dropped'],
      ['dropped', 'not_found', 'dropped'],
      ['dropped', 'not_found', 'dropped'],
      ['dropped', 'conflict', 'dropped'],
      ['dropped', 'no_parent', 'dropped'],
      'failed',
    ]);
    expect((await texts(good)).sort()).toEqual(['taken', ...bad.map((_, n) => `neighbour ${n}`)].sort());
    await house.expectDense(good, 7);
  });

  it('may hold a key twice: the same text is one message, another text refuses all', async () => {
    const chatId = await house.chat(1);
    const twice = await sendAll(queue, [message(chatId, 1, 'a', 'k'), message(chatId, 1, 'a', 'k')]);
    expect(outcomes(twice)).toEqual(['stored', 'replayed']);
    expect(stored(twice[1])).toEqual(stored(twice[0]));
    const again = await sendAll(queue, [message(chatId, 1, 'b', 'l'), message(chatId, 1, 'a', 'k')]);
    expect(outcomes(again)).toEqual(['stored', 'replayed']);
    const torn = await sendAll(queue, [message(chatId, 1, 'c', 'm'), message(chatId, 1, 'd', 'm')]);
    expect(outcomes(torn)).toEqual(['dropped', 'conflict']);
    await house.expectDense(chatId, 2);
  });

  it('never takes a message for sent that a refused batch beside it would have sent', async () => {
    const chatId = await house.chat(1);
    const key = message(chatId, 1, 'shared', 'k');
    const nowhere = message(9_999_999, 1, 'x');
    const [first, second, third] = await Promise.all([
      sendAll(queue, [key, nowhere]),
      sendAll(queue, [key, message(chatId, 1, 'with it')]),
      sendAll(queue, [key]),
    ]);
    expect(outcomes(first)).toEqual(['dropped', 'not_found']);
    expect([...outcomes(second), ...outcomes(third)].sort()).toEqual(['replayed', 'stored', 'stored']);
    expect(stored(second[0]).id).toBe(stored(third[0]).id);
    await house.expectDense(chatId, 2);
  });

  it('waits as a whole for one of its chats, and holds up neither other chats nor the order of its own', async () => {
    const [held, own, free] = [await house.chat(1), await house.chat(1), await house.chat(1)];
    const waiting: Promise<Sent[]>[] = [];
    await house.throughoutLocked(held, async () => {
      waiting.push(sendAll(queue, [message(own, 1, 'first'), message(held, 1, 'in the held one')]));
      const alone = send(queue, message(free, 1, 'free'));
      await house.untilSomebodyWaits();
      waiting.push(sendAll(queue, [message(own, 1, 'second')]));
      expect(outcomes([await alone])).toEqual(['stored']);
      expect(await texts(own)).toEqual([]);
    });
    expect((await Promise.all(waiting)).map(outcomes)).toEqual([['stored', 'stored'], ['stored']]);
    expect(await texts(own)).toEqual(['first', 'second']);
  });
});

describe('message.send_batch', () => {
  const call = (messages: object[]) =>
    house.house.bus.call(
      messageRpc.sendBatch,
      { messages: messages as { chat_id: number; content: string }[] },
      { as: asUser(1) },
    );

  it('names the first message that is refused', async () => {
    const chatId = await house.chat(1);
    const good = { chat_id: chatId, content: 'good' };
    const refused = (code: string, field: string) => ({ code, details: [expect.objectContaining({ field })] });
    await expect(call([good, { chat_id: 9_999_999, content: 'x' }, good])).rejects.toMatchObject(
      refused('NOT_FOUND', 'messages.1.chat_id'),
    );
    await expect(call([good, good, { ...good, parent_id: 9_999_999 }])).rejects.toMatchObject(
      refused('NOT_FOUND', 'messages.2.parent_id'),
    );
    await house.expectDense(chatId, 0);
  });

  it('answers what fits and tells where the rest is, edited since or not, also to who has left', async () => {
    const chatId = await house.chat(2, 1);
    const batch = upTo(100).map((n) => ({ chat_id: chatId, content: `${n}`, idempotency_key: `k ${n}` }));
    const { messages: sent } = await call(batch);
    const long = '\u0001'.repeat(16_000);
    for (const { id } of sent.slice(0, 30)) {
      await house.house.bus.call(messageRpc.edit, { message_id: id, content: long }, { as: asUser(1) });
    }
    await handOver(house.house.bus, chatId, 2, { type: 'member.removed', user_ids: [1] });
    const { messages, rest } = await call(batch);
    const found: Message[] = [...messages];
    for (let missing = rest; missing.length > 0; missing = rest.slice(found.length - messages.length)) {
      const more = await house.house.bus.call(messageRpc.getSent, { message_ids: missing }, { as: asUser(1) });
      expect(more.messages.length).toBeGreaterThan(0);
      found.push(...more.messages);
    }
    expect(rest.length).toBeGreaterThan(0);
    expect(found.map(({ id }) => id)).toEqual(sent.map(({ id }) => id));
    expect(found.map(({ content }) => content)).toEqual(sent.map(({ content }, n) => (n < 30 ? long : content)));
    const foreign = await house.house.bus.call(messageRpc.getSent, { message_ids: rest }, { as: asUser(2) });
    expect(foreign.messages).toEqual([]);
  });

  it('tells who has left nothing of what others have done with their messages', async () => {
    const chatId = await house.chat(2, 1);
    const { bus } = house.house;
    const batch = ['one', 'two'].map((content) => ({ chat_id: chatId, content, idempotency_key: content }));
    const { messages: sent } = await call(batch);
    const [{ id }] = sent as [Message];
    await bus.call(reactionRpc.add, { message_id: id, emoji: '👍' }, { as: asUser(2) });
    await bus.call(messageRpc.send, { chat_id: chatId, content: 'reply', parent_id: id }, { as: asUser(2) });
    const [seen] = (await call(batch)).messages;
    expect(seen).toMatchObject({ reply_count: 1, reactions: [{ emoji: '👍', count: 1, user_ids: [2] }] });
    await handOver(bus, chatId, 2, { type: 'member.removed', user_ids: [1] });
    expect((await call(batch)).messages).toEqual(sent);
    const request = { message_ids: sent.map((message) => message.id) };
    expect((await bus.call(messageRpc.getSent, request, { as: asUser(1) })).messages).toEqual(sent);
  });
});
