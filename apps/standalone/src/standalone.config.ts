import { z } from 'zod';
import { ProcessConfig } from '#config/process.config.js';
import { integer } from '#config/variable.js';

/** What the single process reads beside what its five apps read. */
export const StandaloneConfig = ProcessConfig.omit({ FECHATTER_BUS_SECRET: true }).extend({
  PORT: integer(0, 65_535).prefault('8080').describe('port of the chat; 0 chooses a free one'),
  FECHATTER_DATA_DIR: z.string().default('./data').describe('folder of the database and of the secrets'),
});
export type StandaloneConfig = z.infer<typeof StandaloneConfig>;
