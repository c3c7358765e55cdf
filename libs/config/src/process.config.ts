import { z } from 'zod';
import { integer, url } from './variable.js';

/** What every process of ours reads, whichever app it runs. */
export const ProcessConfig = z.object({
  NODE_ENV: z
    .enum(['production', 'development', 'test'])
    .default('development')
    .describe('kind of installation; production refuses demo data, crash points and RATE_LIMITS=off'),
  HOST: z.string().default('127.0.0.1').describe('address to listen on'),
  HEALTH_PORT: integer(0, 65_535).prefault('9100').describe('port of probes and metrics; 0 chooses a free one'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('least level logged'),
  FECHATTER_METRICS: z
    .enum(['on', 'off'])
    .default('on')
    .describe('off where nobody reads /metrics, which is not there then'),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http', 'https')
    .optional()
    .describe('collector that traces are sent to by OTLP over HTTP; without it nothing is traced'),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/, 'must be a number from 0 to 1')
    .transform(Number)
    .prefault('0.1')
    .describe('share of the requests that are traced, unless their caller decides'),
  FECHATTER_BUS_SECRET: z
    .string()
    .min(16)
    .describe('secret under which callers are signed on the bus, 16 characters or more'),
  FECHATTER_VALIDATE_REPLIES: z
    .enum(['true', 'false'])
    .default('false')
    .describe('check replies against their contracts'),
});
export type ProcessConfig = z.infer<typeof ProcessConfig>;

/** What a process reads that meets the others over NATS. */
export const NatsConfig = z.object({ NATS_URL: url('nats', 'tls').describe('NATS server, nats://host:4222') });
export type NatsConfig = z.infer<typeof NatsConfig>;
