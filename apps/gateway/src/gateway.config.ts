import { isIP } from 'node:net';
import { z } from 'zod';
import { ProcessConfig } from '#config/process.config.js';
import { flag, integer, list, url } from '#config/variable.js';

const count = (fallback: number) => integer(1, 1_000_000).prefault(String(fallback));

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

function isNetwork(text: string): boolean {
  const [address = '', prefix = '0', ...rest] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return rest.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits;
}

/** What the gateway reads from the environment. */
export const GatewayConfig = z
  .object({
    NODE_ENV: ProcessConfig.shape.NODE_ENV,
    HOST: ProcessConfig.shape.HOST,
    PORT: integer(0, 65_535).prefault('8080').describe('port of HTTP and WebSocket; 0 chooses a free one'),
    PUBLIC_URL: url('http', 'https')
      .optional()
      .describe('where people reach the server, as in invites; https turns on HSTS'),
    ALLOWED_ORIGINS: list
      .refine((origins) => origins.every(isOrigin), { error: 'must be origins such as https://chat.example.com' })
      .prefault('')
      .describe('origins of web pages that may call besides our own, separated by commas'),
    TRUST_PROXY: list
      .refine((networks) => networks.every(isNetwork), { error: 'must be addresses or networks such as 10.0.0.0/8' })
      .prefault('')
      .describe('addresses or networks of proxies whose X-Forwarded-For is believed, separated by commas'),
    REDIS_URL: url('redis', 'rediss').optional().describe('Redis that counts limits for all gateways together'),
    REQUEST_TIMEOUT_MS: integer(100, 120_000).prefault('15000').describe('longest time a request may take'),
    API_DOCS: flag.prefault('true').describe('whether /api/docs is served'),
    RATE_LIMITS: z.enum(['on', 'off']).default('on').describe('off for benchmarks only, never in production'),
    LIMIT_SENDS_PER_SECOND: count(300).describe('messages that a user may send in a second'),
    LIMIT_REQUESTS_PER_MINUTE: count(1_200).describe('other requests of a user in a minute'),
    LIMIT_SEARCHES_PER_MINUTE: count(100).describe('searches of a user in a minute'),
    LIMIT_REGISTRATIONS_PER_HOUR: count(20).describe('registrations from an address in an hour'),
    LIMIT_FAILED_LOGINS_PER_ADDRESS: count(100).describe('failed logins from an address in 15 minutes'),
    LIMIT_FAILED_LOGINS_PER_ACCOUNT: count(10).describe('failed logins into an account in 15 minutes'),
    LIMIT_SOCKETS_PER_USER: count(20).describe('realtime connections of a user'),
    LIMIT_CONNECTING: count(2_000).describe('realtime connections of all users that may be about to open at once'),
    LIMIT_SIGNING_IN: count(10_000).describe('WebSockets that may be open without having signed in'),
    LIMIT_SIGNING_IN_PER_ADDRESS: count(2_000).describe('the same from one address'),
    LIMIT_FRAMES_PER_SECOND: count(30).describe('frames that a realtime connection may send in a second'),
  })
  .refine(({ NODE_ENV, RATE_LIMITS }) => NODE_ENV !== 'production' || RATE_LIMITS === 'on', {
    path: ['RATE_LIMITS'],
    error: 'must not be off when NODE_ENV is production',
  });
export type GatewayConfig = z.infer<typeof GatewayConfig>;

/** Token by which the configuration is injected. */
export const gatewayConfig = Symbol('GatewayConfig');
