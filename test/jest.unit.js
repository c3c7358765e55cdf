import base from './jest.base.js';

/** Specs beside the code. Those that need a database start a PostgreSQL of their own (libs/testing). */
export default {
  ...base,
  testMatch: [
    '<rootDir>/{apps,libs,migrations}/**/*.spec.ts',
    '<rootDir>/test/{architecture,bench,contract}/**/*.spec.ts',
  ],
  testTimeout: 30_000,
  maxWorkers: 2,
};
