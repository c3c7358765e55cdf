import { describe, expect, it } from '@jest/globals';
import type { Result } from '../run.js';
import { readmeSection, withSection } from './readme.js';

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
    expect(lines.slice(4)).toEqual([
      '| `list`, standalone | latest | 6,200 pages/s | 10,000 bare | 0.62 | ≥ 0.60 | pass |  |',
      '| `list`, standalone | slow | 11.0 ms |  |  | ≤ 10.0 ms | MISSED |  |',
    ]);
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
