import type { CachePattern } from './pattern.js';

/** A pattern that outlives any test, both in memory and in Redis, and serves nothing stale. */
export function lastingPattern(name: string): CachePattern {
  return {
    name,
    key: `${name}:{id}`,
    owner: 'test',
    mostLocal: 1_000,
    localMs: 60_000,
    isShared: true,
    ttlMs: 60_000,
    staleMs: 0,
    negativeMs: 1_000,
    invalidatedBy: 'every change',
  };
}
