import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Caller } from '#bus/bus.js';
import type { Rpc } from '#contracts/contract.js';
import { FechatterError } from '#contracts/error.js';
import { rpcs } from '#contracts/registry.js';
import { sql } from '#database/statement.js';
import { startHouse, type House } from '#testing/app.js';
import { asService, asUser } from '#testing/caller.js';
import { authApp } from '../../apps/auth/src/auth.app.js';
import { chatApp } from '../../apps/chat/src/chat.app.js';
import { messageApp } from '../../apps/message/src/message.app.js';
import { searchApp } from '../../apps/search/src/search.app.js';
import { dataSources } from '../../apps/standalone/src/data-sources.js';
import type { JsonSchema } from './json-schema.js';
import { sample } from './sample.js';
import { spoil } from './spoil.js';

const tables = sql('spec.tables', 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = $1');

let house: House;
beforeAll(async () => {
  house = await startHouse({ apps: [messageApp, chatApp, authApp, searchApp], dataSources });
}, 60_000);
afterAll(() => house.close());

function callerFor(contract: Rpc): Caller {
  if (contract.caller.includes('user')) return asUser(1);
  return contract.caller.includes('service') ? asService('test') : { kind: 'anyone' };
}

async function codeOf(contract: Rpc, request: unknown, caller: Caller): Promise<string> {
  try {
    await house.bus.call(contract, request, { as: caller });
    return 'no error';
  } catch (error) {
    return error instanceof FechatterError ? error.code : String(error);
  }
}

async function rowCounts(): Promise<unknown> {
  const counts: Record<string, unknown> = {};
  for (const { schema } of dataSources) {
    const database = await house.database(schema);
    for (const { name } of await database.query<{ name: string }>(tables, [schema])) {
      const table = `${schema}.${name}`;
      counts[table] = await database.query(sql(`spec.count.${table}`, `SELECT count(*) FROM ${table}`));
    }
    await database.close();
  }
  return counts;
}

describe.each(rpcs.map((contract) => [contract.subject, contract] as const))('%s', (_subject, contract) => {
  it('refuses every spoiled request and changes nothing', async () => {
    const schema = z.toJSONSchema(contract.request, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
    const valid = sample(schema, schema);
    expect(contract.request.safeParse(valid).error?.issues ?? []).toEqual([]);
    const before = await rowCounts();
    const outcomes: string[] = [];
    for (const { what, value } of spoil(schema, valid, schema)) {
      const code = await codeOf(contract, value, callerFor(contract));
      if (code !== 'VALIDATION_ERROR') outcomes.push(`${what}: ${code}`);
    }
    expect(outcomes).toEqual([]);
    expect(await rowCounts()).toEqual(before);
  });

  it('refuses callers of other kinds and expired ones', async () => {
    const schema = z.toJSONSchema(contract.request, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
    const valid = sample(schema, schema);
    const callers: Caller[] = [asUser(1), asService('test'), { kind: 'anyone' }];
    for (const caller of callers.filter(({ kind }) => !contract.caller.includes(kind)))
      expect(await codeOf(contract, valid, caller)).toMatch(/^(FORBIDDEN|UNAUTHORIZED)$/);
    const expired: Caller = { kind: 'user', user_id: 1, session_id: 1, expires_at: 1 };
    expect(await codeOf(contract, valid, expired)).toBe('UNAUTHORIZED');
  });
});
