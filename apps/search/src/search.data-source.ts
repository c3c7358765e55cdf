import type { ServiceDataSource } from '#database/data-source.js';
import { SearchInitial1700000000001 } from '#migrations/search/0001-initial.js';

/** The search service's part of the database. */
export const searchDataSource = {
  schema: 'search',
  entities: [],
  migrations: [SearchInitial1700000000001],
} satisfies ServiceDataSource;
