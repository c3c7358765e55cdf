import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { readConfig } from '#config/config.js';
import { url } from '#config/variable.js';
import { migrate } from '#database/migrate.js';
import { prepareDatabase } from '#database/prepare.js';
import { dataSources } from '../standalone/src/data-sources.js';

const usage = `DATABASE_ADMIN_URL=postgres://postgres:…@host/postgres npm run db:prepare

Makes on your own PostgreSQL: the database "fechatter", an owner, and for each service a role and a schema; then
migrates. Prints the variables for each app, with new passwords each time.`;

if (process.argv.includes('--help')) {
  process.stdout.write(`${usage}\n`);
  process.exit(0);
}
const { DATABASE_ADMIN_URL } = readConfig(
  z.object({
    DATABASE_ADMIN_URL: url('postgres', 'postgresql').describe('a role that may create roles and databases'),
  }),
);
const passwords = new Map<string, string>();
const prepared = await prepareDatabase({
  adminUrl: DATABASE_ADMIN_URL,
  database: 'fechatter',
  services: dataSources.map(({ schema }) => schema),
  passwordOf: (role) => {
    const password = passwords.get(role) ?? randomBytes(24).toString('base64url');
    passwords.set(role, password);
    return password;
  },
});
await migrate(prepared.ownerUrl, dataSources);
process.stdout.write(`# for npm run migrate\nDATABASE_OWNER_URL=${prepared.ownerUrl}\n`);
for (const { schema } of dataSources) process.stdout.write(`# for ${schema}\nDATABASE_URL=${prepared.urlOf(schema)}\n`);
