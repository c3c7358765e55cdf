import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Message } from '#contracts/message.contract.js';
import { eventually } from '#testing/eventually.js';
import { randomOf } from '#testing/random.js';
import { range } from '#testing/range.js';
import { foldText } from '../text/fold.js';
import { noEffects, type Change } from './effects.js';
import {
  applyAll,
  find,
  messageOf,
  openPostgresEngine,
  search,
  store,
  storedOf,
  type OpenEngine,
} from './engine.fixture.js';
import type { Condition, Engine, Found, Place } from './engine.js';

const word = (text: string, isPrefix = false): Condition => ({ kind: 'word', text, isPrefix });

/** Texts of every script, made of few letters so that much nearly matches. */
const alphabets: Record<string, string> = {
  Chinese: '东京大学生活的人',
  Japanese: 'とうきょう東京タワー',
  Korean: '한국어서울대학교',
  Thai: 'ภาษาไทยกรุงเทพ',
  Arabic: 'كتابمدرسة',
  Hindi: 'हिन्दीभाषाकमल',
  emoji: '👍🎉😅🔥',
  words: 'abcdabc',
  numbers: '12341290',
};

describe.each([['PostgreSQL', openPostgresEngine]])('the engine on %s', (_name, open) => {
  let opened: OpenEngine;
  let engine: Engine;
  beforeAll(async () => {
    opened = await open();
    ({ engine } = opened);
  });
  afterAll(() => opened.close());

  it.each(Object.entries(alphabets))(
    'finds every text that holds a part, and no other: %s',
    async (script, letters) => {
      const chatId = 100 + Object.keys(alphabets).indexOf(script);
      const random = randomOf(chatId);
      const pick = (length: number) => {
        const all = [...letters];
        return Array.from({ length }, () => all[Math.floor(random() * all.length)]!).join('');
      };
      const texts = Array.from({ length: 300 }, () => `${pick(1 + random() * 6)} ${pick(1 + random() * 9)}`);
      await store(engine, 1, ...texts.map((text) => messageOf(text, { chat_id: chatId })));
      for (let round = 0; round < 40; round++) {
        const part = foldText(pick(2 + random() * 2));
        // A mark that stands alone is no text.
        if (/^\p{M}/u.test(part)) continue;
        const expected = texts.filter((text) => foldText(text).includes(part)).toReversed();
        const found = await find(engine, { kind: 'part', text: part }, [chatId], { limit: 1_000 });
        expect({ part, found: found.map(({ content }) => content) }).toEqual({ part, found: expected });
      }
    },
  );

  it('knows words by their stems in their language, phrases, beginnings, and what is excluded', async () => {
    const chat_id = 200;
    const german = 'die Häuser sind nicht alt und die Straßen leer';
    const texts = ['the dogs are running', german, 'dog eats dog', 'cat', 'новый день'];
    await store(engine, 1, ...texts.map((text) => messageOf(text, { chat_id })));
    const found = async (condition: Condition) =>
      (await find(engine, condition, [chat_id])).map(({ content }) => content);
    expect(await found(word('dog'))).toEqual([texts[2], texts[0]]);
    expect(await found(word('runs'))).toEqual([texts[0]]);
    expect(await found(word('HAUS'))).toEqual([texts[1]]);
    expect(await found(word('strasse'))).toEqual([texts[1]]);
    expect(await found(word('do', true))).toEqual([texts[2], texts[0]]);
    expect(await found(word('новая'))).toEqual([texts[4]]);
    expect(await found(word('НОВЫЙ'))).toEqual([texts[4]]);
    expect(await found({ kind: 'phrase', text: 'eats dog' })).toEqual([texts[2]]);
    expect(await found({ kind: 'phrase', text: 'dog eats cat' })).toEqual([]);
    expect(await found({ kind: 'not', condition: word('dog') })).toEqual([texts[4], texts[3], texts[1]]);
    expect(await found({ kind: 'any', of: [word('cat'), word('eats')] })).toEqual([texts[3], texts[2]]);
    expect(await found({ kind: 'all', of: [] })).toEqual(texts.toReversed());
  });

  it('finds by sender, chat and time, newest first across the parts of the index', async () => {
    const messages = Array.from({ length: 40 }, (_, n) =>
      messageOf(`mixed ${n}`, { chat_id: 300 + (n % 4), sender_id: 1 + (n % 3) }),
    );
    for (const workspace of [0, 1, 2, 3])
      await store(engine, 10 + workspace, ...messages.filter((_, n) => n % 4 === workspace));
    const chatIds = [300, 301, 302, 303];
    const ids = async (condition: Condition, more = {}) =>
      (await find(engine, condition, chatIds, more)).map(({ message_id }) => message_id);
    const expected = messages.map(({ id }) => id).toReversed();
    expect(await ids(word('mixed'))).toEqual(expected);
    expect(await ids(word('mixed'), { limit: 7 })).toEqual(expected.slice(0, 7));
    const paged: number[] = [];
    for (let after: Place | undefined; paged.length < 40;) {
      const page: Found = await search(engine, word('mixed'), chatIds, { limit: 7, after });
      paged.push(...page.hits.map(({ message_id }) => message_id));
      const last = page.hits.at(-1)!;
      after = { ...page, score: 0, createdAt: last.created_at.getTime(), messageId: last.message_id };
      expect(page.hasMore).toBe(paged.length < 40);
    }
    expect(paged).toEqual(expected);
    const bySecond = messages.filter(({ sender_id }) => sender_id === 2).map(({ id }) => id);
    expect(await ids({ kind: 'sender', ids: [2] })).toEqual(bySecond.toReversed());
    expect(await ids({ kind: 'sender', ids: [] })).toEqual([]);
    expect(await ids({ kind: 'all', of: [word('mixed'), { kind: 'chat', ids: [301] }] })).toHaveLength(10);
    const [from, to] = [Date.parse(messages[10]!.created_at), Date.parse(messages[20]!.created_at)];
    expect(await ids(word('mixed'), { from, to })).toEqual(expected.slice(20, 30));
    expect(await find(engine, word('mixed'), [302])).toHaveLength(10);
  });

  it('keeps the months apart, in whatever order the chats are indexed', async () => {
    const chatIds = [330, 331, 332];
    const at = (month: number, chat: number, n: number) => new Date(Date.UTC(2025, month, 10, chat, n)).toISOString();
    const texts: string[] = [];
    for (const [chat, chat_id] of chatIds.entries()) {
      const messages = [0, 1, 2].flatMap((month) =>
        [0, 1].map((n) => messageOf(`monthly ${month} ${chat} ${n}`, { chat_id, created_at: at(month, chat, n) })),
      );
      texts.push(...messages.map(({ content }) => content));
      await store(engine, 33, ...messages);
    }
    const slices = await opened.slices(33);
    expect(slices.map(({ messages }) => messages)).toEqual([6, 6, 6]);
    for (const [index, { newest }] of slices.slice(0, -1).entries())
      expect(slices[index + 1]!.oldest.getTime()).toBeGreaterThan(newest.getTime());
    const found = await find(engine, word('monthly'), chatIds);
    expect(found.map(({ content }) => content)).toEqual(texts.toSorted().toReversed());
    const newest = await find(engine, word('monthly'), chatIds, { limit: 4 });
    expect(newest.map(({ content }) => content)).toEqual(texts.toSorted().toReversed().slice(0, 4));
  });

  it('counts what happens to a message once, however often it is told', async () => {
    const chat_id = 400;
    const told = messageOf('eventful', { chat_id, version: 50 });
    await store(engine, 1, told);
    const has = async (flag: 'reaction' | 'thread' | 'pinned') =>
      (await find(engine, { kind: 'flag', flag }, [chat_id])).length;
    const change = async (seq: number, more: Partial<Change>) => {
      const changes = [{ ...{ messageId: told.id, seq, reactions: 0, replies: 0, isPinned: undefined }, ...more }];
      await applyAll(engine, chat_id, { ...noEffects, changes });
    };
    await change(49, { reactions: 1 });
    expect(await has('reaction')).toBe(0);
    await change(51, { reactions: 1 });
    await change(51, { reactions: -1 });
    expect(await has('reaction')).toBe(1);
    await change(52, { replies: 1, isPinned: true });
    expect([await has('thread'), await has('pinned')]).toEqual([1, 1]);
    await change(53, { reactions: -1 });
    expect([await has('reaction'), await has('thread')]).toEqual([0, 1]);
    await store(engine, 1, { ...told, content: 'edited', version: 60, reply_count: 0 });
    expect([await has('thread'), await has('pinned')]).toEqual([0, 1]);
    await store(engine, 1, { ...told, content: 'older', version: 55 });
    expect(await find(engine, word('edited'), [chat_id])).toHaveLength(1);
  });

  it('ranks by the words that are wanted, whatever else is asked of a match', async () => {
    const chatId = 690;
    const [often, once] = [
      messageOf('plum plum plum', { chat_id: chatId }),
      messageOf('plum and pear', { chat_id: chatId }),
    ];
    await store(engine, 1, often, once);
    const inChat: Condition = { kind: 'all', of: [word('plum'), { kind: 'chat', ids: [chatId] }] };
    const alone = await find(engine, word('plum'), [chatId], { sort: 'relevance' });
    expect(alone.map(({ message_id }) => message_id)).toEqual([often.id, once.id]);
    expect(await find(engine, inChat, [chatId], { sort: 'relevance' })).toEqual(alone);
  });

  it('moves many chats at once, of several workspaces, and leaves alone what is elsewhere', async () => {
    const chatIds = [710, 711, 712, 713];
    for (const chatId of chatIds) await engine.begin(1, chatId);
    const move = (chatId: number, old: number, ...stored: Message[]) => {
      const effects = { ...noEffects, workspaceId: 70 + (chatId % 2), stored: stored.map(storedOf) };
      return { chatId, old, seq: old + 1, effects };
    };
    const message = (chat_id: number) => messageOf('together', { chat_id });
    expect(
      await engine.apply(1, [move(712, 0, message(712)), move(711, 9, message(711)), move(710, 0, message(710))]),
    ).toEqual(new Set([710, 712]));
    expect(await find(engine, word('together'), chatIds)).toHaveLength(2);
    const [first] = await find(engine, word('together'), [710]);
    const edited = messageOf('apart', { chat_id: 710, id: first!.message_id, version: 1_000_000 });
    const removed = { ...noEffects, removedIds: [(await find(engine, word('together'), [712]))[0]!.message_id] };
    const moved = [move(710, 1, edited), { chatId: 712, old: 1, seq: 2, effects: removed }, move(713, 0, message(713))];
    expect((await engine.apply(1, moved)).size).toBe(3);
    expect((await find(engine, word('together'), chatIds)).map(({ chat_id }) => chat_id)).toEqual([713]);
    expect((await find(engine, word('apart'), chatIds)).map(({ chat_id }) => chat_id)).toEqual([710]);
  });

  it('lets each stretch count once where several replicas bring the same chats in any order', async () => {
    const chatIds = range(720, 739);
    for (const chatId of chatIds) await engine.begin(1, chatId);
    for (const old of range(0, 9)) {
      const moves = chatIds.map((chat_id) => {
        const stored = [storedOf(messageOf(`round ${old} shared`, { chat_id }))];
        return {
          chatId: chat_id,
          old,
          seq: old + 1,
          effects: { ...noEffects, workspaceId: 72 + (chat_id % 3), stored },
        };
      });
      const halves = [moves, moves.toReversed(), moves.slice(5), moves.slice(0, 15)];
      const moved = await Promise.all(halves.map((part) => engine.apply(1, part)));
      expect(moved.flatMap((ids) => [...ids]).toSorted((a, b) => a - b)).toEqual(chatIds);
    }
    expect((await search(engine, word('shared'), chatIds)).total).toBe(200);
  });

  it('forgets the words that no message holds any more, while others come that hold them', async () => {
    const part = (text: string) => find(engine, { kind: 'part', text }, range(740, 749), { limit: 1_000 });
    await store(engine, 76, messageOf('unusual and shared', { chat_id: 740 }), messageOf('shared', { chat_id: 740 }));
    const [unusual] = await part('nusua');
    await applyAll(engine, 740, { ...noEffects, removedIds: [unusual!.message_id] });
    await forgetAll(engine);
    expect((await part('hare')).map(({ content }) => content)).toEqual(['shared']);
    expect(await opened.words(76)).toEqual(['shared']);
    // The word of the other one goes while a message that holds it is on its way into the index.
    await engine.begin(1, 741);
    const [shared] = await part('hare');
    await applyAll(engine, 740, { ...noEffects, removedIds: [shared!.message_id] });
    const release = await opened.hold(741);
    const storing = store(opened.other, 76, messageOf('shared again', { chat_id: 741 }));
    await eventually(async () => (await opened.waiting()) === 1, 'the message is on its way');
    let isForgotten = false;
    const forgetting = engine.forget().then(() => (isForgotten = true));
    await eventually(async () => isForgotten || (await opened.waiting()) === 2);
    await release();
    await Promise.all([storing, forgetting]);
    await forgetAll(engine);
    expect((await part('hare')).map(({ content }) => content)).toEqual(['shared again']);
  });

  it('forgets the words of one slice at a time, as nobody can index meanwhile', async () => {
    await forgetAll(engine);
    const [first, second] = [750, 751];
    await store(engine, 77, messageOf('brief', { chat_id: first }));
    await store(engine, 78, messageOf('brief', { chat_id: second }));
    for (const chatId of [second, first]) {
      const [message] = await find(engine, word('brief'), [chatId]);
      await applyAll(engine, chatId, { ...noEffects, removedIds: [message!.message_id] });
    }
    await engine.forget();
    expect([await opened.words(77), await opened.words(78)]).toEqual([[], ['brief']]);
    await forgetAll(engine);
    expect(await opened.words(78)).toEqual([]);
  });

  it('shows the neighbours of a hit in its chat', async () => {
    const messages = Array.from({ length: 6 }, (_, n) => messageOf(`neighbour ${n}`, { chat_id: 500 }));
    await store(engine, 1, ...messages);
    await store(engine, 1, messageOf('elsewhere', { chat_id: 501 }));
    const hits = await find(engine, { kind: 'phrase', text: 'neighbour 1' }, [500, 501]);
    const around = await engine.neighbours([...hits], 2);
    expect(around.map((each) => each.map(({ content }) => content))).toEqual([
      ['neighbour 0', 'neighbour 2', 'neighbour 3'],
    ]);
  });

  it('builds a generation aside, and the one before goes when it is complete', async () => {
    const chat_id = 600;
    await store(engine, 1, messageOf('before and after', { chat_id }));
    await engine.completeGeneration(1);
    const next = await engine.beginGeneration();
    expect(await engine.beginGeneration()).toBe(next);
    expect(await engine.begin(next, chat_id)).toBe(0);
    expect(await find(engine, word('before'), [chat_id])).toHaveLength(1);
    const message = messageOf('only after', { chat_id });
    const stored = [storedOf(message)];
    const move = { chatId: chat_id, old: 0, seq: 5, effects: { ...noEffects, workspaceId: 1, stored } };
    expect([...(await engine.apply(next, [move]))]).toEqual([chat_id]);
    expect([...(await engine.apply(next, [move]))]).toEqual([]);
    expect(await find(engine, word('after'), [chat_id])).toMatchObject([{ content: 'before and after' }]);
    await engine.completeGeneration(next);
    expect(await find(engine, word('after'), [chat_id])).toMatchObject([{ content: 'only after' }]);

    // Somebody who writes to the old one at that moment.
    const writer = new pg.Client({ connectionString: opened.ownerUrl });
    await writer.connect();
    await writer.query(`BEGIN; SELECT FROM search.positions WHERE generation = 1 AND chat_id = ${chat_id} FOR UPDATE`);
    const retired = engine.retireGenerations();
    await eventually(async () => (await opened.waiting()) > 0, 'it waits for the writer');
    await writer.query(`
      INSERT INTO search.indexed_messages SELECT 1, chat_id, message_id + 1, seq, version, slice_id, sender_id, created_at,
        reactions, replies, is_pinned, content, lexemes FROM search.indexed_messages
        WHERE generation = ${next} AND chat_id = ${chat_id};
      COMMIT`);
    await retired;
    const old = await writer.query('SELECT FROM search.indexed_messages WHERE generation = 1');
    await writer.end();
    expect(old.rowCount).toBe(0);
    expect(await engine.begin(1, chat_id)).toBeUndefined();
    expect((await engine.generations()).map(({ id }) => id)).toEqual([next]);
  });
});

async function forgetAll(engine: Engine): Promise<void> {
  while (await engine.hasLeft()) await engine.forget();
}
