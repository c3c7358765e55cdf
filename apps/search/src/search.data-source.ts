import type { ServiceDataSource } from '#database/data-source.js';
import { SearchInitial1700000000001 } from '#migrations/search/0001-initial.js';
import { SearchSlicedIndex1700000000002 } from '#migrations/search/0002-sliced-index.js';
import { SearchMaintenance1700000000003 } from '#migrations/search/0003-maintenance.js';

/** The search service's part of the database. */
export const searchDataSource = {
  schema: 'search',
  entities: [],
  migrations: [SearchInitial1700000000001, SearchSlicedIndex1700000000002, SearchMaintenance1700000000003],
} satisfies ServiceDataSource;
