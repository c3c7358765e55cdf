import base from './jest.base.js';

/** Tests that start, kill and load servers of their own: starting and recovering, importing, the guide's load plan. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/{faults,load}/**/*.spec.ts'],
  testTimeout: 180_000,
  maxWorkers: 1,
};
