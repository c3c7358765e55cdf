import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { LocalBus } from '#bus/local-bus.js';
import { chatRpc } from '#contracts/chat.contract.js';
import { userRpc } from '#contracts/user.contract.js';
import { asUser } from '#testing/caller.js';
import { parseQuery } from '../language/parser.js';
import { QueryError } from '../language/query.js';
import { resolveNames } from './names.js';
import { messageOf, openPostgresEngine, search, store } from '../engine/engine.fixture.js';
import type { Condition } from '../engine/engine.js';

const spice = fc.constantFrom(
  ...['"', "'", '\\', '-', '*', '%', '_', '|', '&', '!', '(', ')', ':', '<->', '$1', '\u0001', '\u0002', ' OR '],
  ...['ab', '12', '東', '京', '👍🏽', '\u0301', '*art*', 'is:pinned', 'from:@a', 'in:#b', ' ', ' ', ' '],
);
const queries = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(spice, { maxLength: 20 }).map((pieces) => pieces.join('')),
);

/** Nobody and nothing has a name. */
const bus = new LocalBus({ freeze: true });
bus.serve(userRpc.findByNames, async () => ({ users: [] }), { queue: 'auth' });
bus.serve(chatRpc.search, async () => ({ chats: [] }), { queue: 'chat' });
const call = { caller: asUser(1), requestId: 'spec', deadline: Infinity };

/** Undefined where the query is refused, or holds nothing to look for. */
async function conditionOf(text: string): Promise<Condition | undefined> {
  try {
    const { query } = parseQuery(text, Date.now());
    return query && (await resolveNames(bus, query, 1, call));
  } catch (error) {
    if (error instanceof QueryError) return undefined;
    throw error;
  }
}

it('answers whatever is typed with the same few statements', async () => {
  const opened = await openPostgresEngine({ settings: { shared_preload_libraries: 'pg_stat_statements' } });
  const admin = new pg.Client({ connectionString: opened.adminUrl });
  await admin.connect();
  try {
    await admin.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    const statements = async (): Promise<string[]> => {
      const { rows } = await admin.query<{ query: string }>(
        `SELECT query FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid WHERE rolname = 'fechatter_search'`,
      );
      return rows.map(({ query }) => query).toSorted();
    };
    await store(opened.engine, 1, messageOf(`it's 12% of (a\\b) & 東京 <-> smart`));
    await search(opened.engine, { kind: 'word', text: 'smart', isPrefix: true }, [1]);
    const known = await statements();
    expect(known.filter((query) => query.includes('search.indexed_messages'))).not.toEqual([]);
    let asked = 0;
    await fc.assert(
      fc.asyncProperty(queries, async (query) => {
        const condition = await conditionOf(query);
        if (condition === undefined) return;
        asked++;
        await search(opened.engine, condition, [1]);
      }),
      { numRuns: 400 },
    );
    expect(asked).toBeGreaterThan(100);
    expect(await statements()).toEqual(known);
  } finally {
    await admin.end();
    await opened.close();
  }
});
