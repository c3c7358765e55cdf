import { z } from 'zod';
import { ProcessConfig } from '#config/process.config.js';
import { GatewayConfig } from '../../gateway/src/gateway.config.js';

/** What the single process reads beside what its five apps read. */
export const StandaloneConfig = ProcessConfig.omit({ FECHATTER_BUS_SECRET: true }).extend({
  PORT: GatewayConfig.shape.PORT,
  FECHATTER_DATA_DIR: z.string().default('./data').describe('folder of the database and of the secrets'),
});
export type StandaloneConfig = z.infer<typeof StandaloneConfig>;
