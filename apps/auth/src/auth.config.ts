import { z } from 'zod';
import { ProcessConfig } from '#config/process.config.js';
import { databaseUrl, flag, integer, prepared, url } from '#config/variable.js';

const day = 86_400;

/** What the auth service reads from the environment. */
export const AuthConfig = z
  .object({
    DATABASE_URL: databaseUrl('auth'),
    DATABASE_PREPARED: prepared,
    AUTH_POOL_MAX: integer(4, 200).prefault('10').describe('most connections of one auth process to PostgreSQL'),
    AUTH_REDIS_URL: url('redis', 'rediss')
      .optional()
      .describe('Redis in which all auth processes share what they cache; without it each remembers by itself'),
    FECHATTER_SECRET: z
      .string()
      .min(16, 'must have 16 characters or more')
      .describe('secret that seals the signing keys and derives refresh tokens, the same on every replica of auth'),
    NODE_ENV: ProcessConfig.shape.NODE_ENV,
    FECHATTER_DEMO: flag
      .prefault('false')
      .describe('whether an empty database gets the user test@example.com, whose password anybody knows'),
    ACCESS_TOKEN_SECONDS: integer(5, 600).prefault('600').describe('life of an access token'),
    REFRESH_GRACE_SECONDS: integer(0, 10)
      .prefault('10')
      .describe('time in which the refresh token used last brings the same answer again'),
    SESSION_SECONDS: integer(600, 366 * day)
      .prefault(String(30 * day))
      .describe('time without a refresh after which a session ends'),
    SIGNING_KEY_SECONDS: integer(2, 366 * day)
      .prefault(String(30 * day))
      .describe('time for which a signing key signs'),
    SIGNING_KEY_NOTICE_SECONDS: integer(1, 366 * day)
      .prefault(String(day))
      .describe('time that a signing key is published before it signs'),
  })
  .refine((config) => config.SIGNING_KEY_NOTICE_SECONDS < config.SIGNING_KEY_SECONDS, {
    path: ['SIGNING_KEY_NOTICE_SECONDS'],
    error: 'must be less than SIGNING_KEY_SECONDS',
  })
  .refine((config) => !(config.FECHATTER_DEMO && config.NODE_ENV === 'production'), {
    path: ['FECHATTER_DEMO'],
    error: 'must not be true when NODE_ENV is production',
  });
export type AuthConfig = z.infer<typeof AuthConfig>;

/** Token by which the configuration is injected. */
export const authConfig = Symbol('AuthConfig');
