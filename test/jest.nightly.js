import base from './jest.base.js';

process.env.NIGHTLY = 'true';

/**
 * What takes too long for every commit: the plans of all statements on a million messages, every case of the crashes of
 * which a commit tries one of each kind, leases of a minute, parts away for minutes and under load, the server behind
 * PgBouncer, and the race explorer of the cache at length.
 */
export default {
  ...base,
  testMatch: [
    '<rootDir>/test/plans/**/*.spec.ts',
    '<rootDir>/test/faults/{degraded,degraded-long,distributed,hand-over,import,pgbouncer,presence,replicas,tracing,drops/drops}.spec.ts',
    '<rootDir>/libs/cache/src/race.spec.ts',
  ],
  testTimeout: 600_000,
  maxWorkers: 1,
};
