import { metrics } from '#telemetry/metrics.js';

/** What a pattern has counted, as monitoring is told. */
interface CacheCounts {
  readonly memory: number;
  readonly redis: number;
  readonly misses: number;
  readonly stale: number;
}

/** What this process tells of the pattern now. */
async function cacheCounts(pattern: string): Promise<CacheCounts> {
  const text = await metrics.metrics();
  const counted = (name: string, labels = '') =>
    Number(new RegExp(`^${name}\\{pattern="${pattern}"${labels}\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  return {
    memory: counted('cache_hits', ',layer="memory"'),
    redis: counted('cache_hits', ',layer="redis"'),
    misses: counted('cache_misses'),
    stale: counted('cache_stale_hits_total'),
  };
}

/** What the pattern counts while `work` runs, and for nothing else. */
export async function countedBy(pattern: string, work: () => Promise<unknown>): Promise<CacheCounts> {
  const before = await cacheCounts(pattern);
  await work();
  const after = await cacheCounts(pattern);
  return {
    memory: after.memory - before.memory,
    redis: after.redis - before.redis,
    misses: after.misses - before.misses,
    stale: after.stale - before.stale,
  };
}
