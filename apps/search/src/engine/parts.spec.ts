import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { FechatterError } from '#contracts/error.js';
import { range } from '#testing/range.js';
import { messageOf, openPostgresEngine, search, store, type OpenEngine } from './engine.fixture.js';
import type { Condition } from './engine.js';

const chatId = 1;
const many = 10_000;
const inMessage = 200;
const part = (text: string): Condition => ({ kind: 'part', text });
const word = (text: string): Condition => ({ kind: 'word', text, isPrefix: false });
const everywhere = 'щука';

let opened: OpenEngine;

/** Messages of words that differ, of which all but a few hold the same parts. */
beforeAll(async () => {
  opened = await openPostgresEngine({ budgetMs: 5_000 });
  for (const first of range(0, many / inMessage - 1)) {
    const words = range(1, inMessage).map((n) => `${'яблоко'.repeat(9)}${everywhere}${first * inMessage + n}`);
    await store(opened.engine, 1, messageOf(words.join(' '), { chat_id: chatId }));
  }
  await opened.engine.completeGeneration(1);
  await store(opened.engine, 1, messageOf('a lighthouse, and a greenhouse', { chat_id: chatId }));
}, 60_000);

afterAll(() => opened.close());

it('says that words were left out where more hold a part than are looked up', async () => {
  for (const sort of ['recent', 'relevance'] as const) {
    const found = await search(opened.engine, part(everywhere), [chatId], { sort });
    expect(found.hits.length).toBeGreaterThan(0);
    expect(found.isPartial).toBe(true);
  }
  const none = await search(opened.engine, { kind: 'all', of: [part(everywhere), word('elsewhere')] }, [chatId]);
  expect(none).toMatchObject({ hits: [], total: 0, isPartial: true });
});

it('looks up four parts together, of which each has its share', async () => {
  const parts = [everywhere, 'яблоко', 'блок', 'окощ'].map(part);
  expect(await search(opened.engine, { kind: 'all', of: parts }, [chatId])).toMatchObject({ isPartial: true });
  const few = await search(opened.engine, { kind: 'all', of: ['ighth', 'enhou', 'house'].map(part) }, [chatId]);
  expect(few).toMatchObject({ hits: [{ sender_id: 1 }], total: 1, isExact: true, isPartial: false });
});

it('is ended by PostgreSQL where one slice takes longer than a search may, and says so', async () => {
  const short = await openPostgresEngine({ budgetMs: 100 });
  const url = new URL(short.adminUrl);
  url.pathname = '/fechatter_test';
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  try {
    await store(short.engine, 1, messageOf('patience', { chat_id: chatId }));
    await admin.query('BEGIN; LOCK TABLE search.indexed_messages');
    const late = { code: 'UNAVAILABLE', message: expect.stringContaining('took too long') };
    await expect(search(short.engine, word('patience'), [chatId])).rejects.toMatchObject(late);
    await admin.query('ROLLBACK');
    expect(await search(short.engine, word('patience'), [chatId])).toMatchObject({ total: 1 });
  } finally {
    await admin.end();
    await short.close();
  }
});

it('is partial or refused for now when there is no time, and never anything else', async () => {
  const hasty = await openPostgresEngine({ budgetMs: 1 });
  try {
    await store(hasty.engine, 1, messageOf(range(1, 3_000).join('x '), { chat_id: chatId }));
    for (const text of ['1', '2', '1x', '22']) {
      const outcome = await search(hasty.engine, part(text), [chatId]).catch((error: unknown) => error);
      if (!(outcome instanceof FechatterError)) expect(outcome).toMatchObject({ total: expect.any(Number) });
      else expect(outcome.code).toBe('UNAVAILABLE');
    }
  } finally {
    await hasty.close();
  }
});
