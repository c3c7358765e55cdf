import { z } from 'zod';
import { event } from './contract.js';
import { Id, text } from './scalar.js';

export const cacheEvent = {
  /** Values of a key pattern that processes may no longer serve from their memory; without ids all of them. */
  invalidated: event(
    'cache.invalidated',
    z.strictObject({ pattern: text(1, 64), ids: z.array(z.union([Id, text(1, 512)])).optional() }),
  ),
} as const;
