import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { readConfig } from '#config/config.js';
import { url } from '#config/variable.js';
import { readServer, type Costly } from '#database/server-report.js';
import { findRunningPostgres } from '#servers/running-postgres.js';
import { runCommand, UsageError } from '../command.js';
import { onGivenDatabase } from '../given-database.js';
import { compare, parseAdvice, type Comparison } from './advice.js';

const usage = `npm run db:advise [-- --memory 16]

Compares the settings of a running PostgreSQL with deploy/postgres/postgresql.conf, scaled to its memory in GB (that of
this machine unless given), and shows the statements that took most of its time where pg_stat_statements counts them. It
changes nothing. The server is that of FECHATTER_DATA_DIR (./data), or DATABASE_ADMIN_URL. Ends with 1 when something
differs.`;

const AdviseConfig = z.object({
  DATABASE_ADMIN_URL: url('postgres', 'postgresql').optional().describe('PostgreSQL as a superuser'),
  FECHATTER_DATA_DIR: z.string().default('./data').describe('folder of the database'),
});

await runCommand(usage, { memory: { type: 'string' } }, async ({ memory }) => {
  const bytes = memory === undefined ? totalmem() : Number(memory) * 2 ** 30;
  if (!(bytes > 0)) throw new UsageError('--memory is a number of GB.');
  const { DATABASE_ADMIN_URL, FECHATTER_DATA_DIR } = readConfig(AdviseConfig);
  const admin = DATABASE_ADMIN_URL ?? findRunningPostgres(join(FECHATTER_DATA_DIR, 'postgres'));
  if (admin === undefined) throw new Error(`No PostgreSQL runs in ${FECHATTER_DATA_DIR}: npm start starts it.`);
  return onGivenDatabase('Fechatter', () => advise(admin, bytes));
});

async function advise(admin: string, memory: number): Promise<number> {
  const inside = new URL(admin);
  inside.pathname = '/fechatter';
  const { settings, costly } = await readServer(inside.href);
  const found = compare(parseAdvice(readFileSync('deploy/postgres/postgresql.conf', 'utf8')), settings, memory);
  const width = Math.max(...found.map(({ name }) => name.length)) + 2;
  process.stdout.write(`${found.map((one) => lineOf(one, width)).join('\n')}\n${costlyOf(costly)}`);
  return found.every(({ isMet }) => isMet) ? 0 : 1;
}

function lineOf({ name, value, live, isMet, reason }: Comparison, width: number): string {
  const state = isMet ? 'ok    ' : 'DIFFERS';
  return `${state.padEnd(9)}${name.padEnd(width)}${(live ?? 'unknown').padEnd(16)}${isMet ? '' : `advised ${value}: ${reason}`}`.trimEnd();
}

function costlyOf(costly: readonly Costly[] | undefined): string {
  if (costly === undefined)
    return '\nStatements are not counted: set shared_preload_libraries, restart, run npm run db:prepare again.\n';
  const lines = costly.map(
    ({ calls, total_ms, query }) => `${`${total_ms} ms`.padStart(12)}${`${calls}×`.padStart(12)}  ${query}\n`,
  );
  return `\nMost of the time went into\n${lines.join('')}`;
}
