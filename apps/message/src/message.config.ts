import { z } from 'zod';
import { ProcessConfig } from '#config/process.config.js';
import { crashAt, databaseUrl, flag, integer, prepared } from '#config/variable.js';

/** What the message service reads from the environment. */
export const MessageConfig = z
  .object({
    NODE_ENV: ProcessConfig.shape.NODE_ENV,
    DATABASE_URL: databaseUrl('message'),
    DATABASE_PREPARED: prepared,
    MESSAGE_POOL_MAX: integer(8, 200).prefault('10').describe('most connections of one message process to PostgreSQL'),
    MESSAGE_SOLE_WRITER: flag
      .prefault('false')
      .describe('true only where no other process writes messages, as in standalone: saves look-ups'),
    FECHATTER_CRASH_AT: crashAt,
  })
  .refine((config) => config.NODE_ENV !== 'production' || config.FECHATTER_CRASH_AT === undefined, {
    path: ['FECHATTER_CRASH_AT'],
    error: 'must not be set in production',
  });
export type MessageConfig = z.infer<typeof MessageConfig>;
