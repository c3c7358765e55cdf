import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Message } from '#contracts/message.contract.js';
import type { SearchPage } from '#contracts/search.contract.js';
import { eventually } from '#testing/eventually.js';
import { Person } from './client.js';

let owner: Person;
let other: Person;
beforeAll(async () => {
  [owner, other] = await Promise.all([Person.register('finder'), Person.register('other')]);
  await owner.admit(other);
});

function search(person: Person, query: string, more: object = {}): Promise<SearchPage> {
  return person.ok<SearchPage>('POST', '/api/search/messages', { query, ...more });
}

/** The index follows the log within moments. */
function converged(person: Person, query: string, isRight: (page: SearchPage) => boolean): Promise<SearchPage> {
  return eventually(async () => {
    const page = await search(person, query);
    return isRight(page) && page;
  }, `the search for ${query} has converged`);
}

describe('Searching', () => {
  it('finds words, marks them, and knows chat and sender', async () => {
    const channel = await owner.createChannel();
    const sent = await owner.ok<Message>('POST', '/api/messages', {
      chat_id: channel.id,
      content: 'The <b>quokka</b> & friends were running',
    });
    const page = await converged(owner, 'quokka', ({ results }) => results.length === 1);
    expect(page).toMatchObject({ total: 1, total_is_exact: true });
    expect(page.results[0]).toMatchObject({
      message_id: sent.id,
      chat_id: channel.id,
      chat_name: channel.name,
      seq: sent.seq,
      content: sent.content,
      sender: { id: owner.id },
    });
    expect(page.results[0]?.highlight).toContain('&lt;b&gt;<mark>quokka</mark>&lt;/b&gt; &amp; friends');
    expect((await search(owner, 'run quokka')).results).toHaveLength(1);
    expect((await search(owner, 'quokka', { filters: { sender_ids: [other.id] } })).results).toEqual([]);
    expect(
      (await search(owner, 'quokka', { filters: { chat_ids: [channel.id] }, workspace_id: owner.workspaceId })).results,
    ).toHaveLength(1);
    expect((await search(owner, 'quokka', { filters: { date_to: '2001-01-01T00:00:00Z' } })).results).toEqual([]);
    expect((await owner.ok<SearchPage>('GET', '/api/search/messages?q=quokka')).results).toHaveLength(1);
  });

  it('shows nobody what they may not read, and forgets what was edited and deleted', async () => {
    const hidden = await owner.createChannel(undefined, { is_private: true });
    const sent = await owner.ok<Message>('POST', '/api/messages', { chat_id: hidden.id, content: 'the wombatword' });
    await converged(owner, 'wombatword', ({ results }) => results.length === 1);
    expect((await search(other, 'wombatword')).results).toEqual([]);
    await owner.ok('POST', `/api/chats/${hidden.id}/members`, { user_ids: [other.id] });
    expect((await search(other, 'wombatword')).results).toHaveLength(1);
    await owner.ok('DELETE', `/api/chats/${hidden.id}/members/${other.id}`);
    expect((await search(other, 'wombatword')).results).toEqual([]);
    await owner.ok('PUT', `/api/messages/${sent.id}`, { content: 'the numbatword' });
    await converged(owner, 'numbatword', ({ results }) => results.length === 1);
    expect((await search(owner, 'wombatword')).results).toEqual([]);
    await owner.ok('DELETE', `/api/messages/${sent.id}`);
    await converged(owner, 'numbatword', ({ results }) => results.length === 0);
  });

  it('pages without repeating and orders by time on request', async () => {
    const { id } = await owner.createChannel();
    for (let index = 0; index < 7; index++)
      await owner.ok('POST', '/api/messages', { chat_id: id, content: `bilbyword ${index}` });
    await converged(owner, 'bilbyword', ({ total }) => total === 7);
    const found: number[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await search(owner, 'bilbyword', {
        sort: 'recent',
        limit: 3,
        ...(cursor === undefined ? {} : { cursor }),
      });
      found.push(...page.results.map(({ seq }) => seq));
      cursor = page.next_cursor;
    }
    expect(found).toEqual([...found].sort((a, b) => b - a));
    expect(new Set(found).size).toBe(7);
  });

  it('survives whatever is typed', async () => {
    for (const query of [
      '"unbalanced',
      "'; DROP TABLE search.documents; --",
      '%',
      '_',
      '((((',
      '& | !',
      '\\',
      '*',
      '<->',
      'a'.repeat(512),
      '日本',
      '👍',
      '-',
      'OR',
      '"" OR -"',
      '.*[a-z]+$ %s ${x}',
      '\u0007\u001b[31m',
      `in:#${'x'.repeat(400)}`,
      'from:@\u202e',
    ])
      expect((await owner.call('POST', '/api/search/messages', { query })).status).toBe(200);
    for (const [query, at] of [
      ['on:someday', 4],
      ['a has:%', 7],
      ['w '.repeat(100), 129],
    ] as const) {
      const { status, body } = await owner.call('POST', '/api/search/messages', { query });
      expect({ status, body }).toMatchObject({
        status: 422,
        body: { error: { details: [{ field: 'query', reason: expect.stringMatching(new RegExp(`^At ${at}: `)) }] } },
      });
    }
    expect((await owner.call('POST', '/api/search/messages', { query: 'word '.repeat(10_000) })).status).toBe(422);
    const foreign = { query: 'quokka', filters: { chat_ids: [Number.MAX_SAFE_INTEGER] } };
    expect(await owner.ok('POST', '/api/search/messages', foreign)).toMatchObject({ results: [], total: 0 });
  });
});
