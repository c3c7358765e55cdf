import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFunctions, type DatabaseFunction } from '#database/functions.js';
import { migrate } from '#database/migrate.js';
import { prepareDatabase } from '#database/prepare.js';
import { startPostgres } from '#servers/postgres.js';
import { dataSources } from '../../standalone/src/data-sources.js';
import { runCommand } from '../command.js';
import { functionSql, statementSql } from './sql-files.js';
import { loadStatements } from './statement-files.js';

const usage = `npm run queries

Writes the SQL of every repository into a file beside it, and the functions of the database, as a fresh one has them,
beside the repositories that call them. The tests compare: commit what changes.`;

const schemas = dataSources.map(({ schema }) => schema);

/** Functions of a database that is made and migrated for this and thrown away. */
async function functionsOfFreshDatabase(): Promise<DatabaseFunction[]> {
  const folder = await mkdtemp(join(tmpdir(), 'fechatter-queries-'));
  const server = await startPostgres({ dataDir: join(folder, 'postgres'), durability: 'off' });
  try {
    const password = randomBytes(16).toString('hex');
    const target = { adminUrl: server.adminUrl, database: 'fechatter', services: schemas, passwordOf: () => password };
    const { ownerUrl } = await prepareDatabase(target);
    await migrate(ownerUrl, dataSources);
    return await readFunctions(ownerUrl, schemas);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

await runCommand(usage, {}, async () => {
  const files = await loadStatements();
  const written = new Map([...statementSql(files), ...functionSql(await functionsOfFreshDatabase(), files)]);
  for (const [path, text] of written) await writeFile(path, text);
  const statements = files.reduce((sum, file) => sum + file.statements.length, 0);
  process.stdout.write(`${statements} statements in ${written.size} files\n`);
  return 0;
});
