import { z } from 'zod';
import { url } from '#config/variable.js';
import { GatewayConfig } from '../../gateway/src/gateway.config.js';
import { StandaloneConfig } from '../../standalone/src/standalone.config.js';

const secret = z.string().min(16, 'must have 16 characters or more').optional();

/** What the launcher reads; its processes read the rest. Servers that are not given by URL are started. */
export const DistributedConfig = StandaloneConfig.extend({
  FECHATTER_CACHE_DIR: z.string().optional().describe('folder of the servers that were fetched'),
  DATABASE_ADMIN_URL: url('postgres', 'postgresql')
    .optional()
    .describe('PostgreSQL, as a role that may create roles and databases'),
  NATS_URL: url('nats', 'tls').optional().describe('NATS server, nats://host:4222'),
  REDIS_URL: GatewayConfig.shape.REDIS_URL,
  FECHATTER_SECRET: secret.describe('secret that seals the signing keys; made in the data folder unless given'),
  FECHATTER_BUS_SECRET: secret.describe('secret that signs callers; made in the data folder unless given'),
});
export type DistributedConfig = z.infer<typeof DistributedConfig>;
