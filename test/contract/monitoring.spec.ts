import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Probes } from '#health/probes.js';
import { findPromtool } from '#servers/prometheus.js';
import { startOperationsServer } from '#service/operations-server.js';
import { startHouse, type House } from '#testing/app.js';
import { authApp } from '../../apps/auth/src/auth.app.js';
import { chatApp } from '../../apps/chat/src/chat.app.js';
import { gatewayApp } from '../../apps/gateway/src/gateway.app.js';
import { messageApp } from '../../apps/message/src/message.app.js';
import { searchApp } from '../../apps/search/src/search.app.js';
import { dataSources } from '../../apps/standalone/src/data-sources.js';
import { World } from './costs/world.js';

const folder = 'deploy/monitoring';
const dashboards = readdirSync(join(folder, 'dashboards'));

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}

/** Whom the guide names without the suffix of a counter. */
const guide = ['cache_hits', 'cache_misses'];

let house: House;
let promtool: string[];
let text: string;

beforeAll(async () => {
  promtool = await findPromtool();
  house = await startHouse({ apps: [messageApp, chatApp, authApp, searchApp, gatewayApp], dataSources });
  const world = await World.build(house.url);
  await world.message();
  await world.ask('GET', { path: `/api/users?workspace_id=${world.workspace}` });
  const operations = await startOperationsServer(new Probes([], 'test'), '127.0.0.1', 0);
  text = await (await fetch(`http://127.0.0.1:${operations.port}/metrics`)).text();
  await operations.close();
}, 150_000);
afterAll(() => house.close());

function run(args: string[], input = ''): { status: number | null; output: string } {
  const [program = '', ...prefix] = promtool;
  const { status, stdout, stderr } = spawnSync(program, [...prefix, ...args], { input, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

/** Names of metrics in an expression, without those of its labels and functions. */
function namesIn(expression: string): string[] {
  const bare = expression
    .replace(/\{[^}]*\}/g, '')
    .replace(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, '')
    .replace(/\[[^\]]*\]/g, '');
  return [...bare.matchAll(/\b[a-z][a-z0-9_]*_[a-z0-9_]+\b(?!\s*\()/g)].map(([name]) => name);
}

/** What a server of ours shows, each series by its name. */
function shown(): Set<string> {
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)/gm)];
  return new Set(
    types.flatMap(([, name = '', type]) =>
      type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
}

describe('Prometheus', () => {
  it('accepts the metrics, but for the two names that the guide gives', () => {
    const { output } = run(['check', 'metrics'], text);
    const complaints = output.split('\n').filter((line) => line !== '');
    expect(complaints.filter((line) => !guide.some((name) => line.startsWith(`${name} `)))).toEqual([]);
    expect(text).toMatch(/^http_requests_total\{/m);
  });

  it('accepts the rules, and they fire when they should', () => {
    expect(run(['check', 'rules', join(folder, 'alerts.yml')])).toMatchObject({ status: 0 });
    expect(run(['test', 'rules', join(folder, 'alerts.test.yml')])).toMatchObject({ status: 0 });
  });

  it('is given a test and a runbook for each alert', () => {
    const rules = readFileSync(join(folder, 'alerts.yml'), 'utf8');
    const tests = readFileSync(join(folder, 'alerts.test.yml'), 'utf8');
    const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name as string);
    expect(alerts.length).toBeGreaterThan(10);
    expect(rules.match(/^ +runbook: \S.{40}/gm)).toHaveLength(alerts.length);
    for (const alert of alerts)
      expect(tests).toMatch(new RegExp(`alertname: ${alert}\\n +exp_alerts:\\n +- exp_labels`));
  });
});

describe('Every metric', () => {
  it('of an alert is shown by a running server', () => {
    const rules = readFileSync(join(folder, 'alerts.yml'), 'utf8');
    const expressions = [...rules.matchAll(/expr: (?:>-\n)?([\s\S]*?)\n +for:/g)].map(
      ([, expression]) => expression ?? '',
    );
    const names = new Set(expressions.flatMap(namesIn));
    expect(names.size).toBeGreaterThan(10);
    expect([...names].filter((name) => !shown().has(name))).toEqual([]);
  });

  it.each(dashboards)('of %s is shown by a running server', (file) => {
    const { panels } = JSON.parse(readFileSync(join(folder, 'dashboards', file), 'utf8')) as Dashboard;
    expect(panels.length).toBeGreaterThanOrEqual(6);
    for (const { title, targets } of panels) {
      const names = targets.flatMap(({ expr }) => namesIn(expr));
      expect(names.length).toBeGreaterThan(0);
      expect({ title, unknown: names.filter((name) => !shown().has(name)) }).toEqual({ title, unknown: [] });
    }
  });

  it('of the guide is there, and no label holds an id', () => {
    const named = ['http_requests_total', 'http_request_duration_seconds', 'db_operation_duration_seconds'];
    named.push('db_operation_errors_total', 'db_connections_active', 'db_connections_idle');
    named.push('cache_hits', 'cache_misses', 'memory_allocated_bytes', 'memory_resident_bytes');
    expect(named.filter((name) => !shown().has(name))).toEqual([]);
    expect(text).toContain('path="/api/messages"');
    expect(
      text.match(/^\w+\{[^}]*="\d{1,9}"/gm)?.filter((line) => !/^nodejs_|status=|code=|le=|quantile=/.test(line)) ?? [],
    ).toEqual([]);
  });
});
