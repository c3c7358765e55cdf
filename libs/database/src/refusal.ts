import { LRUCache } from 'lru-cache';
import { Logger } from '#telemetry/logger.js';
import { timed } from './database.metrics.js';
import { codeOf, toUnavailable } from './errors.js';

const logger = new Logger('database');

/** What was logged within the last second. */
const logged = new LRUCache<string, true>({ max: 1_000, ttl: 1_000 });

/**
 * Runs a statement, or a step of a transaction: times it, and turns what will pass by itself into UNAVAILABLE. That is
 * all that callers are told, so the cause is logged here.
 */
export async function attempt<Result>(operation: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await timed(operation, run);
  } catch (error) {
    throw refusalOf(operation, error);
  }
}

/** What is thrown where `error` kept the operation from being done. */
export function refusalOf(operation: string, error: unknown): unknown {
  const refusal = toUnavailable(error);
  if (refusal !== error && error instanceof Error) log(operation, error);
  return refusal;
}

/** Once a second each: in an outage thousands fail for the same reason. Without parameters, which are people's texts. */
function log(operation: string, error: Error): void {
  const fields = { operation, code: codeOf(error), reason: error.message };
  const key = `${operation} ${fields.code || fields.reason}`;
  if (logged.has(key)) return;
  logged.set(key, true);
  logger.warn('A statement failed that may work later', fields);
}
