import base from './jest.base.js';

/** What takes too long for every commit: the plans of all statements on a million messages. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/{plans,soak}/**/*.spec.ts'],
  testTimeout: 600_000,
  maxWorkers: 1,
};
