import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Message } from '#contracts/message.contract.js';
import { range } from '#testing/range.js';
import { messageOf, openPostgresEngine, search, store, type OpenEngine } from './engine.fixture.js';
import type { Condition, Place, Search } from './engine.js';

const sliceLength = 10;
const word = (text: string): Condition => ({ kind: 'word', text, isPrefix: false });

let opened: OpenEngine;

beforeAll(async () => {
  opened = await openPostgresEngine({ sliceLength });
  await opened.engine.completeGeneration(1);
});

afterAll(() => opened.close());

/** Stores messages slice by slice, in this order. */
async function storeInSlices(workspaceId: number, messages: readonly Message[]): Promise<void> {
  for (let first = 0; first < messages.length; first += sliceLength) {
    await store(opened.engine, workspaceId, ...messages.slice(first, first + sliceLength));
  }
}

async function slicesOf(workspaceId: number): Promise<number> {
  const url = new URL(opened.adminUrl);
  url.pathname = '/fechatter_test';
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  try {
    return (await admin.query('SELECT FROM search.slices WHERE workspace_id = $1', [workspaceId])).rowCount ?? 0;
  } finally {
    await admin.end();
  }
}

/** Ids of everything that is found, page by page. */
async function paged(
  text: string,
  chatIds: readonly number[],
  more: Pick<Search, 'sort' | 'limit'>,
): Promise<number[]> {
  const ids: number[] = [];
  let after: Place | undefined;
  for (let hasMore = true; hasMore;) {
    const page = await search(opened.engine, word(text), chatIds, { ...more, after });
    expect(page.isPartial).toBe(false);
    ids.push(...page.hits.map(({ message_id }) => message_id));
    ({ hasMore } = page);
    const last = page.hits.at(-1)!;
    after = { ...page, score: last.score, createdAt: last.created_at.getTime(), messageId: last.message_id };
  }
  return ids;
}

it('orders by relevance across slices, and pages through them', async () => {
  // The best are in slices from the oldest to the newest.
  const messages = range(0, 89).map((n) =>
    messageOf(`apple ${'apple '.repeat((n * 7) % 13)}${'filler '.repeat(13 - ((n * 7) % 13))}`, { chat_id: 1 }),
  );
  await storeInSlices(1, messages);
  expect(await slicesOf(1)).toBe(9);
  const whole = await search(opened.engine, word('apple'), [1], { sort: 'relevance' });
  expect(whole).toMatchObject({ total: 90, isExact: true, isPartial: false, hasMore: false });
  const apples = whole.hits.map(({ content }) => content.split('apple').length);
  expect(apples).toEqual(apples.toSorted((a, b) => b - a));
  const scores = whole.hits.map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  for (const limit of [7, 30]) {
    expect(await paged('apple', [1], { sort: 'relevance', limit })).toEqual(
      whole.hits.map(({ message_id }) => message_id),
    );
  }
});

it('orders by time where slices overlap in it', async () => {
  const messages = range(0, 89).map((n) => messageOf(`pear ${n}`, { chat_id: 2 }));
  // Every slice reaches over all of the time, and the one before.
  await storeInSlices(
    2,
    messages.toSorted((a, b) => (a.id % 9) - (b.id % 9) || a.id - b.id),
  );
  expect(await slicesOf(2)).toBe(9);
  const expected = messages.map(({ id }) => id).toReversed();
  for (const limit of [1, 7, 30]) expect(await paged('pear', [2], { sort: 'recent', limit })).toEqual(expected);
  const whole = await search(opened.engine, word('pear'), [2]);
  expect(whole).toMatchObject({ total: 90, isExact: true });
});

it('counts exactly across slices, up to a thousand', async () => {
  const messages = range(1, 1_001).map((n) => messageOf(`plum ${n}`, { chat_id: 3 }));
  await storeInSlices(3, messages);
  const counted = (from?: string) =>
    search(opened.engine, word('plum'), [3], { limit: 1_000, from: from === undefined ? from : Date.parse(from) });
  expect(await slicesOf(3)).toBe(101);
  expect(await counted()).toMatchObject({ total: 1_000, isExact: false, hasMore: true });
  expect(await counted(messages[1]!.created_at)).toMatchObject({ total: 1_000, isExact: true, hasMore: false });
  expect(await counted(messages[501]!.created_at)).toMatchObject({ total: 500, isExact: true, hasMore: false });
});
