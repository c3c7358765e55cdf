import { join } from 'node:path';
import { z } from 'zod';
import { readConfig } from '#config/config.js';
import { url } from '#config/variable.js';
import { Explainer } from '#database/explain.js';
import { declaredStatements, type Statement } from '#database/statement.js';
import { findRunningPostgres } from '#servers/running-postgres.js';
import { runCommand, UsageError } from '../command.js';
import { onGivenDatabase } from '../given-database.js';
import { loadStatements } from '../queries/statement-files.js';
import { examplesByService } from './examples.js';
import { render } from './render.js';

const usage = `npm run db:explain                                   names every statement, by service
npm run db:explain -- STATEMENT [--params '[…]']     runs it under EXPLAIN (ANALYZE, BUFFERS) and shows the plan

It runs on the installation in FECHATTER_DATA_DIR (./data), or on DATABASE_ADMIN_URL when that is given, prepared as the
services prepare it, for a minute at most, and is rolled back. Parameters are a JSON array; without them they are chosen
from the data, out of the busiest chat for example. Rows that it changes are locked as long as it runs.

  npm run db:explain -- message.list_before
  npm run db:explain -- message.list_before --params '[1, 2, 5000, 50]'`;

const ExplainConfig = z.object({
  DATABASE_ADMIN_URL: url('postgres', 'postgresql').optional().describe('PostgreSQL as a superuser'),
  FECHATTER_DATA_DIR: z.string().default('./data').describe('folder of the database'),
});

await runCommand(usage, { params: { type: 'string' } }, async ({ params }, [name, ...more]) => {
  if (more.length > 0) throw new UsageError('Name one statement.');
  const given = params === undefined ? undefined : parse(params);
  await loadStatements();
  if (name === undefined) return list(declaredStatements());
  const statement = declaredStatements().find((declared) => declared.name === name);
  if (statement === undefined) throw new Error(`There is no statement "${name}": npm run db:explain names them.`);
  return onGivenDatabase('Fechatter', () => explain(statement, given));
});

function list(statements: readonly Statement[]): number {
  for (const service of Object.keys(examplesByService)) {
    const names = statements.filter(({ name }) => name.startsWith(`${service}.`)).map(({ name }) => `  ${name}\n`);
    process.stdout.write(`${service}\n${names.join('')}\n`);
  }
  return 0;
}

async function explain(statement: Statement, given: readonly unknown[] | undefined): Promise<number> {
  const explainer = await Explainer.connect(databaseUrl());
  try {
    const [service = ''] = statement.name.split('.');
    const { facts, statements } = examplesByService[service]!;
    const example = statements[statement.name];
    const params = given ?? example?.params((await explainer.facts(facts)) ?? nothing());
    if (params === undefined) throw new Error('There is no example of this statement: give --params.');
    process.stdout.write(render(statement, params, await explainer.explain(statement, params, example?.mode)));
    return 0;
  } finally {
    await explainer.close();
  }
}

function nothing(): never {
  throw new Error('The database holds too little to choose parameters from: give --params.');
}

function databaseUrl(): string {
  const { DATABASE_ADMIN_URL, FECHATTER_DATA_DIR } = readConfig(ExplainConfig);
  const admin = DATABASE_ADMIN_URL ?? findRunningPostgres(join(FECHATTER_DATA_DIR, 'postgres'));
  if (admin === undefined) throw new Error(`No PostgreSQL runs in ${FECHATTER_DATA_DIR}: npm start starts it.`);
  const inside = new URL(admin);
  inside.pathname = '/fechatter';
  return inside.href;
}

function parse(json: string): unknown[] {
  try {
    return z.array(z.unknown()).parse(JSON.parse(json));
  } catch (cause) {
    throw new UsageError('--params is no JSON array.', { cause });
  }
}
