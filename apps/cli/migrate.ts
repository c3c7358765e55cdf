import { z } from 'zod';
import { readConfig } from '#config/config.js';
import { url } from '#config/variable.js';
import { migrate } from '#database/migrate.js';
import { dataSources } from '../standalone/src/data-sources.js';
import { runCommand, UsageError } from './command.js';
import { onGivenDatabase } from './given-database.js';

const names = dataSources.map(({ schema }) => schema);

const usage = `DATABASE_OWNER_URL=postgres://fechatter_owner:…@host/fechatter npm run migrate [-- SERVICE …]

Brings the schemas of all services (or of those named: ${names.join(', ')}) up to this release. The apps never do it
themselves when they run as processes of their own. npm run db:prepare prints the URL.`;

const MigrateConfig = z.object({
  DATABASE_OWNER_URL: url('postgres', 'postgresql').describe('PostgreSQL as the owner of the schemas'),
});

await runCommand(usage, {}, async (_values, wanted) => {
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new UsageError(`There is no service "${unknown}".`);
  const { DATABASE_OWNER_URL } = readConfig(MigrateConfig);
  const chosen = dataSources.filter(({ schema }) => wanted.length === 0 || wanted.includes(schema));
  const ran = await onGivenDatabase('DATABASE_OWNER_URL', () => migrate(DATABASE_OWNER_URL, chosen));
  process.stdout.write(ran.length === 0 ? 'The schemas are current.\n' : `Ran ${ran.length}: ${ran.join(', ')}\n`);
  return 0;
});
