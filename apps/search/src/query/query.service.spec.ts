import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { importRpc } from '#contracts/import.contract.js';
import type { SearchResult } from '#contracts/search.contract.js';
import { encodeCursor } from '#database/cursor.js';
import type { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { startHouse, type House } from '#testing/app.js';
import { eventually } from '#testing/eventually.js';
import { asService } from '#testing/caller.js';
import { createChat, handOver, serveUsers, workspaceId } from '../../../message/src/chat.fixture.js';
import { messageApp } from '../../../message/src/message.app.js';
import { messageDataSource } from '../../../message/src/message.data-source.js';
import { indexed, person, serveChats } from '../house.fixture.js';
import { searchApp } from '../search.app.js';
import { searchDataSource } from '../search.data-source.js';

let house: House;
let message: Database;
let search: Database;
let nextChat = 1;

beforeAll(async () => {
  house = await startHouse({ apps: [messageApp, searchApp], dataSources: [messageDataSource, searchDataSource] });
  serveUsers(house.bus);
  serveChats(house.bus);
  [message, search] = [await house.database('message'), await house.database('search')];
});

afterAll(() => house.close());

/** A chat of its own with these texts, and a search in it that answers texts. */
async function chatWith(...texts: string[]) {
  const chatId = nextChat++;
  await createChat(house.bus, chatId, [1]);
  const me = person(house.bus, 1);
  const sent = [];
  for (const text of texts) sent.push(await me.send(chatId, text));
  await indexed(message, search);
  const results = async (query: string, more = {}): Promise<SearchResult[]> =>
    (await me.search(query, { filters: { chat_ids: [chatId] }, sort: 'recent', ...more })).results;
  const texted = async (query: string, more = {}) => (await results(query, more)).map(({ content }) => content);
  return { chatId, sent, results, texts: texted };
}

const missing = { code: 'VALIDATION_ERROR', details: [expect.objectContaining({ field: 'cursor' })] };

describe('a search', () => {
  it('finds words, their stems, phrases and beginnings, and leaves out what is not wanted', async () => {
    const { texts } = await chatWith('Running with dogs', 'the dog runs home', 'Cats only', 'run, cat and dog, run');
    expect(await texts('dog')).toEqual(['run, cat and dog, run', 'the dog runs home', 'Running with dogs']);
    expect(await texts('RUNNING')).toEqual(['run, cat and dog, run', 'the dog runs home', 'Running with dogs']);
    expect(await texts('"cat and dog"')).toEqual(['run, cat and dog, run']);
    expect(await texts('"dog and cat"')).toEqual([]);
    expect(await texts('dog -cat')).toEqual(['the dog runs home', 'Running with dogs']);
    expect(await texts('home or only')).toEqual(['Cats only', 'the dog runs home']);
    expect(await texts('the ho')).toEqual(['the dog runs home']);
    expect(await texts('elephant')).toEqual([]);
    expect(await texts('!?')).toEqual([]);
  });

  it('does not let a phrase match across the seam of the word lists', async () => {
    const { texts } = await chatWith('beta gamma alpha');
    expect(await texts('"alpha beta"')).toEqual([]);
    expect(await texts('"gamma alpha"')).toEqual(['beta gamma alpha']);
  });

  it('finds what stands in markup, behind it, and around slashes', async () => {
    const { texts } = await chatWith(
      '<script>behind</script>',
      '<template> word',
      'install/remove',
      'http://example.com/path',
    );
    expect(await texts('behind')).toEqual(['<script>behind</script>']);
    expect(await texts('template')).toEqual(['<template> word']);
    expect(await texts('remove')).toEqual(['install/remove']);
    expect(await texts('http://example.com/path')).toEqual(['http://example.com/path']);
    expect(await texts('example.com')).toEqual(['http://example.com/path']);
  });

  it('finds every script, with and without spaces', async () => {
    const { texts, results } = await chatWith(
      '東京都に住んでいます',
      '大阪の天気',
      'Привет, мир',
      'ｆｕｌｌ Ｗｉｄｔｈ',
      'ภาษาไทย',
      'ÄRGER',
    );
    expect(await texts('東京')).toEqual(['東京都に住んでいます']);
    expect(await texts('住んで')).toEqual(['東京都に住んでいます']);
    expect(await texts('京大')).toEqual([]);
    expect(await texts('気')).toEqual(['大阪の天気']);
    expect(await texts('の -大阪')).toEqual([]);
    expect(await texts('привет')).toEqual(['Привет, мир']);
    expect(await texts('full width')).toEqual(['ｆｕｌｌ Ｗｉｄｔｈ']);
    expect(await texts('ไทย')).toEqual(['ภาษาไทย']);
    expect(await texts('ärger')).toEqual(['ÄRGER']);
    expect((await results('東京'))[0]?.highlight).toBe('<mark>東京</mark>都に住んでいます');
  });

  it('shows an edited message by its new words and a deleted one not at all', async () => {
    const { sent, texts } = await chatWith('old words', 'secret words');
    const me = person(house.bus, 1);
    const [edited, deleted] = sent.map(({ id }) => id) as [number, number];
    await me.edit(edited, 'new words');
    await me.delete(deleted);
    await indexed(message, search);
    expect(await texts('words')).toEqual(['new words']);
    expect(await texts('old')).toEqual([]);
    expect(await texts('secret')).toEqual([]);
    const traces = sql(
      'spec.traces',
      `SELECT content FROM search.indexed_messages WHERE content || lexemes::text ~ '(secret|old)'
       UNION ALL SELECT word FROM search.words WHERE word ~ '(secret|old)'
       UNION ALL SELECT lexemes::text FROM search.left_words WHERE lexemes::text ~ '(secret|old)'`,
    );
    await eventually(async () => (await search.query(traces)).length === 0, 'nothing is left of them');
    expect(await texts('*ord*')).toEqual(['new words']);
  });

  it('shows only what the person may read now', async () => {
    const chatId = nextChat++;
    await createChat(house.bus, chatId, [1, 2]);
    await person(house.bus, 1).send(chatId, 'confidential plan');
    await indexed(message, search);
    const found = async (userId: number, more = {}) =>
      (await person(house.bus, userId).search('confidential', more)).results.length;
    expect([await found(1), await found(2), await found(3)]).toEqual([1, 1, 0]);
    expect(await found(3, { filters: { chat_ids: [chatId] } })).toBe(0);
    expect(await found(1, { workspace_id: workspaceId })).toBe(1);
    expect(await found(1, { workspace_id: 4711 })).toBe(0);
    await handOver(house.bus, chatId, 2, { type: 'member.removed', user_ids: [2] });
    expect(await found(2)).toBe(0);
    await handOver(house.bus, chatId, 3, { type: 'chat.deleted' });
    expect(await found(1)).toBe(0);
  });

  it('escapes what it highlights', async () => {
    const { results } = await chatWith(`<b>needle</b> & "x" 'y' \ue000<script>\ue001 a/needle`);
    expect((await results('needle'))[0]?.highlight).toBe(
      '&lt;b&gt;<mark>needle</mark>&lt;/b&gt; &amp; &quot;x&quot; &#39;y&#39; \ue000&lt;script&gt;\ue001 a/<mark>needle</mark>',
    );
  });

  it('shows the fragments of a long text that matter', async () => {
    const { results } = await chatWith(`${'hay '.repeat(2_000)} needle ${'hay '.repeat(2_000)}`);
    const highlight = (await results('needle'))[0]?.highlight ?? '';
    expect(highlight).toContain('<mark>needle</mark>');
    expect(highlight.length).toBeLessThan(1_000);
  });

  it('takes whatever is typed for text', async () => {
    const { texts } = await chatWith(`it's 100% a\\b (c:d) & <->`);
    for (const query of [
      `it's`,
      `100%`,
      `a\\b`,
      `(c:d)`,
      `it's & !`,
      `'`,
      `\\`,
      `':*`,
      `a:*`,
      '"',
      '-',
      '<->',
      'or',
      '- "',
    ]) {
      await texts(query);
    }
    expect(await texts(`it's 100%`)).toEqual([`it's 100% a\\b (c:d) & <->`]);
    const anything = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
    const spiced = fc.array(
      fc.constantFrom('"', "'", '\\', '-', ':', '*', '|', '&', '!', '(', ' or ', 'ab', '東', '京'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          anything,
          spiced.map((parts) => parts.join('')),
        ),
        async (query) => {
          fc.pre(query.trim() !== '' && !query.includes('\0') && query.isWellFormed());
          await texts(query);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('filters by sender and by time', async () => {
    const chatId = nextChat++;
    await createChat(house.bus, chatId, [1]);
    const days = ['2020-01-01', '2020-01-02', '2020-01-03'];
    const messages = days.map((day, index) => ({
      sender_id: 10 + index,
      created_at: `${day}T12:00:00.000Z`,
      content: `daily ${day}`,
      import_id: null,
    }));
    const request = { chat_id: chatId, workspace_id: workspaceId, importer_id: 1, messages };
    await house.bus.call(importRpc.messages, request, { as: asService('chat') });
    await indexed(message, search);
    const found = async (filters: object) => {
      const { results } = await person(house.bus, 1).search('daily', { filters, sort: 'recent' });
      return results.map(({ content }) => content.slice(6));
    };
    expect(await found({})).toEqual(days.toReversed());
    expect(await found({ sender_ids: [10, 12, 99] })).toEqual([days[2], days[0]]);
    expect(await found({ date_from: '2020-01-02T12:00:00Z' })).toEqual([days[2], days[1]]);
    expect(await found({ date_to: '2020-01-02T14:00:00+02:00' })).toEqual([days[1], days[0]]);
  });

  it('says who wrote it, where, and how well it fits', async () => {
    const { chatId, sent, results } = await chatWith('a single result');
    expect(await results('single', { sort: 'relevance' })).toEqual([
      {
        ...{ message_id: sent[0]?.id, chat_id: chatId, chat_name: `chat${chatId}`, seq: 2, content: 'a single result' },
        ...{ highlight: 'a <mark>single</mark> result', created_at: sent[0]?.created_at, score: expect.any(Number) },
        sender: { id: 1, username: 'user1', avatar_url: null },
      },
    ]);
  });

  it('puts what fits better first, and among equals the newer', async () => {
    const { texts } = await chatWith('fox', 'a long text in which one fox is named', 'fox fox fox', 'fox');
    const found = await texts('fox', { sort: 'relevance' });
    expect(found[0]).toBe('fox fox fox');
    expect(found).toHaveLength(4);
  });

  it.each(['relevance', 'recent'] as const)('pages by %s without repeats while messages arrive', async (sort) => {
    const texts = Array.from({ length: 25 }, (_, index) => `paged ${'paged '.repeat(index % 4)}${index}`);
    const { chatId } = await chatWith(...texts);
    const me = person(house.bus, 1);
    const filters = { chat_ids: [chatId] };
    const whole = await me.search('paged', { filters, sort, limit: 100 });
    expect(whole).toMatchObject({ total: 25, total_is_exact: true, next_cursor: null });
    const seen: SearchResult[] = [];
    let cursor: string | undefined;
    do {
      const page = await me.search('paged', { filters, sort, limit: 4, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.results);
      cursor = page.next_cursor ?? undefined;
      await me.send(chatId, 'paged late, and long enough to come last by relevance');
      await indexed(message, search);
    } while (cursor !== undefined && seen.length < 40);
    const late = ({ content }: SearchResult) => content.startsWith('paged late');
    expect(seen.filter((result) => !late(result))).toEqual(whole.results);
    expect(new Set(seen.map(({ message_id }) => message_id)).size).toBe(seen.length);
  });

  it('refuses a cursor of another search', async () => {
    const { chatId } = await chatWith('cursor one', 'cursor two');
    const filters = { chat_ids: [chatId] };
    const me = person(house.bus, 1);
    const { next_cursor } = await me.search('cursor', { filters, limit: 1 });
    const cursor = next_cursor ?? '';
    expect((await me.search('cursor', { filters, limit: 1, cursor })).results).toHaveLength(1);
    await expect(me.search('one', { filters, limit: 1, cursor })).rejects.toMatchObject(missing);
    await expect(me.search('cursor', { limit: 1, cursor })).rejects.toMatchObject(missing);
    await expect(me.search('cursor', { filters, limit: 1, cursor: `${cursor}A` })).rejects.toMatchObject(missing);
  });

  it.each([
    ['a message between two', [0, 1, 0.5, 1, 1, 1]],
    ['a moment that no calendar has', [0, 1e300, 1, 1, 1, 1]],
    ['a first page outside of time', [0, 1, 1, 1, 1, -8.64e15 - 1]],
    ['a total that was never counted', [0, 1, 1, 2_000_000_000, 1, 1]],
    ['less than nothing', [0, 1, 1, -1, 1, 1]],
    ['a moment before there were any', [0, -8.64e15, 1, 1, 1, 1]],
    ['a total that is half exact', [0, 1, 1, 1, 0.5, 1]],
  ])('refuses a cursor that is made up: %s', async (_name, position) => {
    const { chatId } = await chatWith('forged');
    const me = person(house.bus, 1);
    for (const sort of ['recent', 'relevance'] as const) {
      const filters = { chat_ids: [chatId] };
      const asked = JSON.stringify([1, 'forged', undefined, filters, sort]);
      const list = `search.messages ${createHash('sha256').update(asked).digest('base64url')}`;
      const search = (cursor: string) => me.search('forged', { filters, sort, cursor });
      expect(await search(encodeCursor(list, [1, Date.now(), 1, 1, 1, Date.now()]))).toMatchObject({ total: 1 });
      await expect(search(encodeCursor(list, position))).rejects.toMatchObject(missing);
    }
  });

  it('counts exactly up to a thousand', async () => {
    const { chatId } = await chatWith();
    const messages = Array.from({ length: 1_000 }, (_, index) => ({
      sender_id: 1,
      created_at: '2020-01-01T00:00:00.000Z',
      content: `numerous ${index}`,
      import_id: null,
    }));
    const request = { chat_id: chatId, workspace_id: workspaceId, importer_id: 1, messages };
    await house.bus.call(importRpc.messages, request, { as: asService('chat') });
    await indexed(message, search);
    const me = person(house.bus, 1);
    expect(await me.search('numerous')).toMatchObject({ total: 1_000, total_is_exact: true });
    await me.send(chatId, 'numerous and one more');
    await indexed(message, search);
    expect(await me.search('numerous')).toMatchObject({ total: 1_000, total_is_exact: false });
  });
});
