import { z } from 'zod';
import { ProcessConfig } from '#config/process.config.js';
import { crashAt, databaseUrl, integer, prepared } from '#config/variable.js';

/** What the chat service reads from the environment. */
export const ChatConfig = z
  .object({
    NODE_ENV: ProcessConfig.shape.NODE_ENV,
    DATABASE_URL: databaseUrl('chat'),
    DATABASE_PREPARED: prepared,
    CHAT_POOL_MAX: integer(4, 200).prefault('10').describe('most connections of one chat process to PostgreSQL'),
    FECHATTER_CRASH_AT: crashAt,
  })
  .refine((config) => config.NODE_ENV !== 'production' || config.FECHATTER_CRASH_AT === undefined, {
    path: ['FECHATTER_CRASH_AT'],
    error: 'must not be set in production',
  });
export type ChatConfig = z.infer<typeof ChatConfig>;
