import base from './jest.base.js';

/**
 * Black-box tests through HTTP, WebSocket and SSE. TOPOLOGY (standalone or distributed) says what is started for them;
 * every test passes on both.
 */
export default {
  ...base,
  testMatch: ['<rootDir>/test/e2e/**/*.e2e-spec.ts'],
  globalSetup: '<rootDir>/test/e2e/global-setup.js',
  globalTeardown: '<rootDir>/test/e2e/global-teardown.js',
  testTimeout: 30_000,
  maxWorkers: 2,
};
