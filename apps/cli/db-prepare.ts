import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { readConfig } from '#config/config.js';
import { url } from '#config/variable.js';
import { migrate } from '#database/migrate.js';
import { prepareDatabase } from '#database/prepare.js';
import { logSlowStatements, slowStatementSettings } from '#database/slow-statements.js';
import { dataSources } from '../standalone/src/data-sources.js';
import { runCommand } from './command.js';
import { onGivenDatabase } from './given-database.js';

const usage = `DATABASE_ADMIN_URL=postgres://postgres:…@host/postgres npm run db:prepare

Makes on your own PostgreSQL: the database "fechatter", an owner, and for each service a role and a schema; then
migrates. Prints the variables for each app, with new passwords each time. Where the role may, PostgreSQL is told to log
the plans of slow statements.`;

const slowStatementsByHand = `
The plans of slow statements are not logged: that takes a superuser and the library auto_explain. To have them, run once:
`;

const PrepareConfig = z.object({
  DATABASE_ADMIN_URL: url('postgres', 'postgresql').describe('a role that may create roles and databases'),
});

await runCommand(usage, {}, async () => {
  const { DATABASE_ADMIN_URL } = readConfig(PrepareConfig);
  const passwords = new Map<string, string>();
  const services = dataSources.map(({ schema }) => schema);
  const passwordOf = (role: string) => {
    const password = passwords.get(role) ?? randomBytes(24).toString('base64url');
    passwords.set(role, password);
    return password;
  };
  const { prepared, logsSlowStatements } = await onGivenDatabase('DATABASE_ADMIN_URL', async () => {
    const made = await prepareDatabase({ adminUrl: DATABASE_ADMIN_URL, database: 'fechatter', services, passwordOf });
    await migrate(made.ownerUrl, dataSources);
    return { prepared: made, logsSlowStatements: await logSlowStatements(DATABASE_ADMIN_URL, services) };
  });
  const lines = [['npm run migrate', 'DATABASE_OWNER_URL', prepared.ownerUrl]];
  for (const { schema } of dataSources) lines.push([schema, 'DATABASE_URL', prepared.urlOf(schema)]);
  process.stdout.write(lines.map(([reader, name, value]) => `# for ${reader}\n${name}=${value}\n`).join(''));
  if (!logsSlowStatements)
    process.stderr.write(`${slowStatementsByHand}\n${slowStatementSettings(services).join('\n')}\n`);
  return 0;
});
