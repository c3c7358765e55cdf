import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { compare, parseAdvice } from './advice.js';

const GB = 2 ** 30;
const advice = parseAdvice(readFileSync('deploy/postgres/postgresql.conf', 'utf8'));
const one = (name: string) => advice.filter((each) => each.name === name);

describe('Advice on PostgreSQL', () => {
  it('has every setting of the performance guide with a reason', () => {
    const guide = {
      ...{ shared_buffers: '4GB', effective_cache_size: '12GB', maintenance_work_mem: '1GB', work_mem: '50MB' },
      ...{ max_connections: '200', random_page_cost: '1.1', effective_io_concurrency: '200', wal_buffers: '16MB' },
      ...{ checkpoint_completion_target: '0.9', max_wal_size: '4GB', min_wal_size: '1GB' },
    };
    expect(Object.fromEntries(advice.map(({ name, value }) => [name, value]))).toMatchObject(guide);
    for (const { reason } of advice) expect(reason.length).toBeGreaterThan(10);
  });

  it('scales with the memory of the server', () => {
    const live = [{ name: 'shared_buffers', setting: '131072', unit: '8kB' }];
    expect(compare(one('shared_buffers'), live, 4 * GB)).toMatchObject([{ value: '1024MB', isMet: true }]);
    expect(compare(one('shared_buffers'), live, 16 * GB)).toMatchObject([{ value: '4096MB', isMet: false }]);
  });

  it.each([
    ['wal_buffers', '2048', '8kB', true],
    ['wal_buffers', '512', '8kB', false],
    ['random_page_cost', '1.1', null, true],
    ['random_page_cost', '4', null, false],
    ['auto_explain.log_min_duration', '200', 'ms', true],
    ['autovacuum_naptime', '60', 's', false],
    ['fsync', 'off', null, false],
    ['shared_preload_libraries', 'auto_explain, other, pg_stat_statements', null, true],
    ['shared_preload_libraries', 'auto_explain', null, false],
  ] as const)('%s = %s %s is as advised: %s', (name, setting, unit, isMet) => {
    expect(compare(one(name), [{ name, setting, unit }], 16 * GB)).toMatchObject([{ isMet }]);
  });

  it.each([
    ['shared_buffers', '16384', '8kB', '128MB'],
    ['max_wal_size', '1024', 'MB', '1GB'],
    ['wal_buffers', '513', '8kB', '4104kB'],
    ['auto_explain.log_parameter_max_length', '0', 'B', '0B'],
    ['auto_explain.log_min_duration', '200', 'ms', '200ms'],
    ['random_page_cost', '1.1', null, '1.1'],
  ])('shows %s = %s of %s as %s', (name, setting, unit, live) => {
    expect(compare(one(name), [{ name, setting, unit }], 16 * GB)).toMatchObject([{ live }]);
  });

  it('says what the server does not know', () => {
    expect(compare(one('pg_stat_statements.track'), [], 16 * GB)).toMatchObject([{ live: undefined, isMet: false }]);
  });
});
