import { execFileSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConfigError, readConfig } from '#config/config.js';

it('know every variable with our prefix that the sources name', () => {
  const grep = ['grep', '-hoE', '\\bFECHATTER_[A-Z_]+', '--', 'apps', 'libs', 'test', ':!*.spec.ts'];
  const named = [...new Set(execFileSync('git', grep, { encoding: 'utf8' }).trim().split('\n'))].filter(
    (name) => !name.endsWith('_'),
  );
  expect(named.length).toBeGreaterThan(5);
  const env = Object.fromEntries(named.map((name) => [name, 'x']));
  let problems: readonly string[] = [];
  try {
    readConfig(z.object({}), env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems = error.problems;
  }
  expect(problems).toEqual([]);
});
