import { z } from 'zod';
import { databaseUrl, integer, prepared } from '#config/variable.js';

/** What the search service reads from the environment. */
export const SearchConfig = z.object({
  DATABASE_URL: databaseUrl('search'),
  DATABASE_PREPARED: prepared,
  SEARCH_POOL_MAX: integer(6, 200)
    .prefault('8')
    .describe('most connections of one search process to PostgreSQL, two of them for the index'),
  SEARCH_BUDGET_MS: integer(50, 9_000)
    .prefault('2000')
    .describe('time for one search in milliseconds; then the answer is partial, or 503'),
});
export type SearchConfig = z.infer<typeof SearchConfig>;
