import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { configureLogging } from '#telemetry/logger.js';
import { testDatabase, type TestDatabase } from '#testing/database.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { upTo } from '#testing/range.js';
import { defaultPool } from './data-source.js';
import { add, service } from './session.fixture.js';
import { sql } from './statement.js';

const sleepOn = sql('spec.sleep_on', 'SELECT pg_sleep(9), $1::text');
const divide = sql('spec.divide', 'SELECT 1 / $1::int AS result');
const noConnection = { code: '', reason: 'timeout exceeded when trying to connect' };

let test: TestDatabase;
let lines: object[] = [];

beforeAll(async () => {
  configureLogging('warn', 'test', { write: (line) => void lines.push(JSON.parse(line) as object) });
  test = await testDatabase([service]);
}, 60_000);
beforeEach(() => {
  lines = [];
});
afterAll(async () => {
  await test?.close();
  configureLogging('silent', 'test');
});

describe('The log of statements that failed and may work later', () => {
  it('names the statement and the reason, and quotes nothing that people wrote', async () => {
    const database = await test.database('pool', { ...defaultPool, statementTimeoutMs: 200 });
    await expect(database.query(sleepOn, ['canary'])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const reason = 'canceling statement due to statement timeout';
    expect(lines).toMatchObject([
      { level: 'warn', logger: 'database', operation: 'spec.sleep_on', code: '57014', reason },
    ]);
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  it('has each statement with its reason once a second, however many fail', async () => {
    const database = await test.database('pool', { ...defaultPool, max: 1, acquireTimeoutMs: 50 });
    const held = gate();
    const busy = database.transaction(() => held.opened);
    const ask = () => database.query(add, [1, 2]);
    try {
      await Promise.allSettled([...upTo(20).map(ask), ...upTo(20).map(() => database.transaction(ask))]);
      expect(lines).toMatchObject([
        { operation: 'spec.add', ...noConnection },
        { operation: 'pool.connect', ...noConnection },
      ]);
      await eventually(async () => {
        await Promise.allSettled([ask()]);
        return lines.length > 2;
      }, 'it is said again');
      expect(lines).toMatchObject([{}, {}, { operation: 'spec.add', ...noConnection }]);
    } finally {
      held.open();
      await busy;
    }
  });

  it('has nothing of what will not pass: who asked for it logs that', async () => {
    const database = await test.database('pool');
    await expect(database.query(divide, [0])).rejects.toMatchObject({ code: '22012' });
    expect(lines).toEqual([]);
  });
});
