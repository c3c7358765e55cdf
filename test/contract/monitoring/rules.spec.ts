import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { dashboardFiles } from '../../../apps/cli/dashboards/files.js';
import { askedBy } from './exposition.js';
import { knownValues, lasting } from './known-values.js';
import { alerts, dashboards, expressionsOf, folder } from './monitoring.js';
import { promtool } from './promtool.js';

const fetchMs = 150_000;

describe('Alerts', () => {
  it(
    'are accepted by Prometheus, fire when they should and only then',
    async () => {
      expect(await promtool(['check', 'rules', join(folder, 'alerts.yml')])).toMatchObject({ status: 0 });
      const { status, lines } = await promtool(['test', 'rules', join(folder, 'alerts.test.yml')]);
      expect({ status, lines }).toMatchObject({ status: 0 });
    },
    fetchMs,
  );

  it('have a test that sees them fire, and a sentence on what to do first', () => {
    const rules = readFileSync(join(folder, 'alerts.yml'), 'utf8');
    const tests = readFileSync(join(folder, 'alerts.test.yml'), 'utf8');
    const names = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name as string);
    expect(names.length).toBeGreaterThan(10);
    expect(alerts().map(({ where }) => where)).toEqual(names);
    expect(rules.match(/^ +runbook: \S.{40}/gm)).toHaveLength(names.length);
    for (const name of names) expect(tests).toMatch(new RegExp(`alertname: ${name}\\n +exp_alerts:\\n +- exp_labels`));
  });

  it.each([-1, +1])(
    'have a test that fails when they wait %i min longer',
    async (minutes) => {
      const rules = readFileSync(join(folder, 'alerts.yml'), 'utf8');
      const scratch = mkdtempSync(join(tmpdir(), 'fechatter-rules-'));
      const others = rules.replace(/(?<= for: )\d+(?=m$)/gm, (lasts) => String(Number(lasts) + minutes));
      writeFileSync(join(scratch, 'alerts.yml'), others);
      cpSync(join(folder, 'alerts.test.yml'), join(scratch, 'alerts.test.yml'));
      const { lines } = await promtool(['test', 'rules', join(scratch, 'alerts.test.yml')]);
      rmSync(scratch, { recursive: true });
      const failed = lines.flatMap((line) => /^ *alertname: *(\w+), time:/.exec(line)?.[1] ?? []);
      expect(failed.sort()).toEqual(
        alerts()
          .map(({ where }) => where)
          .sort(),
      );
    },
    fetchMs,
  );
});

it('Codes that an alert or a dashboard asks for exist, whether one has been seen or not', () => {
  const asked = [...alerts(), ...dashboards().flatMap(expressionsOf)].flatMap(({ where, promql }) =>
    askedBy(promql).flatMap(({ name, matchers }) => matchers.map((matcher) => ({ where, name, ...matcher }))),
  );
  const ofCodes = asked.flatMap((matcher) => {
    const known = knownValues(matcher.name, matcher.label);
    return known === undefined ? [] : [{ ...matcher, known }];
  });
  expect(ofCodes.length).toBeGreaterThan(5);
  const unknown = ofCodes.filter(({ value, known }) => !known.some((code) => new RegExp(`^(?:${value})$`).test(code)));
  expect(unknown.map(({ where, label, value }) => ({ where, label, value }))).toEqual([]);
  // The e2e test finds all others on running processes.
  const others = asked.filter(({ name, label }) => knownValues(name, label) === undefined).map(({ label }) => label);
  expect(lasting).toEqual(expect.arrayContaining(others));
});

describe('Dashboards', () => {
  it('are what their description says (npm run dashboards writes them)', () => {
    const files = [...dashboardFiles()];
    expect(files.map(([path]) => path).sort()).toEqual(dashboards().map((file) => `${folder}/dashboards/${file}`));
    for (const [path, text] of files) expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(text));
  });

  it('are drawn in the README as they are (npm run bench -- dashboard)', () => {
    const drawn = readFileSync(join(folder, 'operator.svg'), 'utf8');
    const { panels } = JSON.parse(readFileSync(join(folder, 'dashboards/operator.json'), 'utf8')) as {
      readonly panels: readonly { readonly title: string }[];
    };
    expect(panels.length).toBeGreaterThan(6);
    const titles = [...drawn.matchAll(/<text class="title"[^>]*>([^<]*)</g)].map(([, title]) => title);
    expect(titles).toEqual(panels.map(({ title }) => title));
    // Each has at least one line with more than a minute of data.
    expect(drawn.match(/<path d="M[^"]*(L[^"L]*){60}/g)?.length).toBeGreaterThanOrEqual(panels.length);
  });

  it(
    'ask what Prometheus understands',
    async () => {
      const asked = dashboards().flatMap(expressionsOf);
      expect(asked.length).toBeGreaterThan(60);
      const scratch = mkdtempSync(join(tmpdir(), 'fechatter-rules-'));
      // promtool reads expressions in rules only, and rules in files; JSON is YAML.
      const rules = asked.map(({ promql }, at) => ({ record: `asked:${at}`, expr: promql }));
      writeFileSync(join(scratch, 'asked.yml'), JSON.stringify({ groups: [{ name: 'asked', rules }] }));
      expect(await promtool(['check', 'rules', join(scratch, 'asked.yml')])).toMatchObject({ status: 0 });
      rmSync(scratch, { recursive: true });
    },
    fetchMs,
  );
});
