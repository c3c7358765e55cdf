import { Logger } from '#telemetry/logger.js';

/** How much is warmed, and for how long at most. */
export interface WarmingBounds {
  readonly most: number;
  readonly atOnce: number;
  readonly limitMs: number;
}

const logger = new Logger('cache.warming');

/**
 * Loads what will probably be asked for first, slice by slice, with a line of progress for each tenth. It is nobody's
 * duty: it ends at its bounds, when `stopping` says so, and at the first error. Answers how many were warmed.
 */
export async function warm<Id>(
  pattern: string,
  ids: readonly Id[],
  load: (slice: readonly Id[]) => Promise<unknown>,
  { most, atOnce, limitMs }: WarmingBounds,
  stopping: AbortSignal,
): Promise<number> {
  const wanted = ids.slice(0, most);
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  let warmed = 0;
  let told = 0;
  while (warmed < wanted.length && !stopping.aborted && elapsed() < limitMs) {
    const slice = wanted.slice(warmed, warmed + atOnce);
    try {
      await load(slice);
    } catch (error) {
      logger.warn('Warming ends early', { pattern, warmed, of: wanted.length, reason: String(error) });
      return warmed;
    }
    warmed += slice.length;
    const tenths = Math.floor((10 * warmed) / wanted.length);
    if (tenths > told) logger.info('Warming', { pattern, warmed, of: wanted.length, ms: elapsed() });
    told = tenths;
  }
  return warmed;
}
