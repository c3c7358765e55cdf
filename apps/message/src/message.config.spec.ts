import { expect, it } from '@jest/globals';
import { readConfig } from '#config/config.js';
import { MessageConfig } from './message.config.js';

const env = { DATABASE_URL: 'postgres://localhost/fechatter', FECHATTER_CRASH_AT: 'message.access.after_commit' };

it('lets a fault test choose where the process dies', () => {
  expect(readConfig(MessageConfig, env).FECHATTER_CRASH_AT).toBe('message.access.after_commit');
});

it('refuses crash points in production', () => {
  expect(() => readConfig(MessageConfig, { ...env, NODE_ENV: 'production' })).toThrow('FECHATTER_CRASH_AT');
});
