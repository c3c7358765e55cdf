import { readConfig } from '#config/config.js';
import { migrate } from '#database/migrate.js';
import { url } from '#config/variable.js';
import { dataSources } from '../standalone/src/data-sources.js';
import { z } from 'zod';

const usage = `DATABASE_OWNER_URL=postgres://fechatter_owner:…@host/fechatter npm run migrate [-- SERVICE …]

Brings the schemas of all services (or of those named: ${dataSources.map(({ schema }) => schema).join(', ')}) up to this
release. The apps never do it themselves when they run as processes of their own.`;

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => dataSources.every(({ schema }) => schema !== name));
if (wanted.includes('--help') || unknown.length > 0) {
  process.stdout.write(`${usage}\n`);
  process.exit(wanted.includes('--help') ? 0 : 2);
}
const config = readConfig(
  z.object({ DATABASE_OWNER_URL: url('postgres', 'postgresql').describe('PostgreSQL as the owner of the schemas') }),
);
const chosen = dataSources.filter(({ schema }) => wanted.length === 0 || wanted.includes(schema));
const ran = await migrate(config.DATABASE_OWNER_URL, chosen);
process.stdout.write(ran.length === 0 ? 'The schemas are current.\n' : `Ran ${ran.length}: ${ran.join(', ')}\n`);
