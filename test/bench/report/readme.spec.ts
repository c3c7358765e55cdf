import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Result } from '../run.js';
import { headlineSection, readmeSection, withSection } from './readme.js';

const result: Result = {
  bench: 'list',
  topology: 'standalone',
  quick: false,
  machine: { cores: 2, cpu: 'a|b', memoryGiB: 4, node: 'v1', platform: 'linux x64' },
  startedAt: '2026-01-01T00:00:00.000Z',
  tookSeconds: 9,
  loadAverage: [0, 1],
  postgres: { fsync: 'on' },
  figures: [
    {
      name: 'latest',
      unit: 'pages/s',
      ours: 6_200,
      floor: { name: 'bare', value: 10_000 },
      ratio: 0.62,
      bar: { of: 'ratio', atLeast: 0.6 },
    },
    { name: 'latest', unit: 'pages/s', ours: 6_200, floor: { name: 'SELECT', value: 5_000 }, ratio: 1.24 },
    { name: 'slow', unit: 'ms', ours: 11, bar: { of: 'ours', atMost: 10 } },
  ],
};

describe(readmeSection.name, () => {
  it('has what has a bar, met or not, with machine and durability', () => {
    const lines = readmeSection([result]).split('\n');
    expect(lines[0]).toContain('fsync on');
    expect(lines[1]).toBe('Measured 2026-01-01; load average before each bench 0.0 to 0.0.');
    expect(lines.slice(5)).toEqual([
      '| `list`, standalone | latest | 6,200 pages/s | 10,000 bare | 0.62 | ≥ 0.60 | pass |  |',
      '| `list`, standalone | slow | 11.0 ms |  |  | ≤ 10.0 ms | MISSED |  |',
    ]);
  });
});

describe(headlineSection.name, () => {
  it('has the headlines and what is missed, and no more', () => {
    const named = (name: string, ours: number) => ({
      name,
      unit: 'ms',
      ours,
      bar: { of: 'ours' as const, atMost: 10 },
    });
    const figures = [named('latest 50', 9), named('met', 9), named('slow', 11)];
    expect(
      headlineSection([{ ...result, figures }])
        .split('\n')
        .slice(2),
    ).toEqual([
      '| `list`, standalone | latest 50 | 9.00 ms |  |  | ≤ 10.0 ms | pass |',
      '| `list`, standalone | slow | 11.0 ms |  |  | ≤ 10.0 ms | MISSED |',
    ]);
    expect(headlineSection([{ ...result, topology: 'distributed', figures }])).not.toContain('latest 50');
  });
});

describe('the README', () => {
  const page = readFileSync('README.md', 'utf8');
  const rows = page.split('\n').filter((line) => /^\| `\w+`, (standalone|distributed) /.test(line));
  const all = readFileSync('test/bench/README.md', 'utf8').split('\n');
  const missed = (lines: readonly string[]) => lines.filter((line) => line.includes('| MISSED'));

  it('shows six headlines and every bar that is missed', () => {
    expect(missed(rows)).toHaveLength(missed(all).length);
    expect(rows).toHaveLength(missed(all).length + 6);
  });

  it('has a reason for each bench that misses a bar', () => {
    const reasons = page.slice(page.indexOf('Where a bar is missed'));
    for (const row of missed(rows)) expect(reasons).toContain(`**${/^\| (`\w+`)/.exec(row)![1]}`);
  });
});

describe(withSection.name, () => {
  it('replaces what is between the marks and nothing else', () => {
    expect(withSection('a\n<!-- bench -->\nold\n<!-- /bench -->\nb', 'new')).toBe(
      'a\n<!-- bench -->\n\nnew\n\n<!-- /bench -->\nb',
    );
    expect(() => withSection('a', 'new')).toThrow('has no');
  });
});
