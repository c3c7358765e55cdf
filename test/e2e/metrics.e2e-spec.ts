import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Message } from '#contracts/message.contract.js';
import type { SearchPage } from '#contracts/search.contract.js';
import { askedBy, groupsOf, matches, shownIn } from '../contract/monitoring/exposition.js';
import { knownValues, lasting } from '../contract/monitoring/known-values.js';
import { alerts, dashboards, expressionsOf } from '../contract/monitoring/monitoring.js';
import { promtool } from '../contract/monitoring/promtool.js';
import { Person } from './client.js';
import { Socket } from './socket.js';

/** The health port of each process, by its app. */
const ports = JSON.parse(process.env.FECHATTER_HEALTH_PORTS ?? '{"standalone":9100}') as Record<string, number>;
const apps = Object.keys(ports);

/** The guide names them so; Prometheus would have a counter end in `_total`. */
const namesOfGuide = ['cache_hits', 'cache_misses'];
/** Nothing of the kind may have happened yet. */
const ofMishaps = [
  'db_operation_errors_total',
  'fechatter_bus_dropped_events_total',
  'fechatter_bus_failed_events_total',
  'fechatter_realtime_closed_total',
  'fechatter_realtime_thinned_frames_total',
];

let socket: Socket;
let texts: Record<string, string>;

beforeAll(async () => {
  await useAll();
  const answers = apps.map(async (app) => [app, await (await fetch(`http://127.0.0.1:${ports[app]}/metrics`)).text()]);
  texts = Object.fromEntries(await Promise.all(answers)) as Record<string, string>;
}, 150_000);
afterAll(() => socket.close());

/** Everything that has series of its own only once it was used. */
async function useAll(): Promise<void> {
  const [person, other] = await Promise.all([Person.register('watched'), Person.register('other')]);
  await person.admit(other);
  const { id } = await person.createChannel();
  socket = await Socket.connect(person.login.token);
  await person.ok<Message>('POST', '/api/messages', { chat_id: id, content: 'wombats' });
  await person.ok('GET', `/api/users?workspace_id=${person.workspaceId}`);
  const query = { query: 'wombats' };
  for (const until = Date.now() + 15_000; ;) {
    const { results } = await person.ok<SearchPage>('POST', '/api/search/messages', query);
    if (results.length > 0) return;
    if (Date.now() > until) throw new Error('The message was not indexed in time');
  }
}

describe.each(apps)('The metrics of %s', (app) => {
  it('are what Prometheus takes for well made', async () => {
    const { lines } = await promtool(['check', 'metrics'], texts[app]);
    expect(lines.filter((line) => !namesOfGuide.some((name) => line.startsWith(`${name} `)))).toEqual([]);
  });

  it('have labels with few values, and never an id', () => {
    const shown = shownIn([texts[app]!]);
    const labels = [...shown].flatMap(([name, series]) =>
      series.flatMap((one) => Object.entries(one).map(([label, value]) => ({ name, label, value }))),
    );
    const ownNumbers = ['le', 'quantile', 'status', 'version', 'major', 'minor', 'patch'];
    const isOwn = ({ name, label, value }: (typeof labels)[number]) =>
      ownNumbers.includes(label) || knownValues(name, label)?.includes(value) === true;
    expect(labels.length).toBeGreaterThan(50);
    expect(labels.filter((one) => !isOwn(one) && /\d{3}/.test(one.value))).toEqual([]);
    expect(Math.max(...[...shown.values()].map((series) => series.length))).toBeLessThan(3_000);
  });
});

describe('Every metric', () => {
  it.each(dashboards())('of %s is shown, with the labels that it is asked by', (file) => {
    expectShown(expressionsOf(file));
  });

  it('of an alert is shown, with the labels that it is asked by', () => {
    expect(alerts().length).toBeGreaterThan(10);
    // What Prometheus itself knows of a process needs no process of ours.
    expectShown(alerts().filter(({ where }) => !['ProcessDown', 'NothingRuns'].includes(where)));
  });

  it('of the page of a service is shown by its own process', () => {
    for (const file of dashboards()) {
      const own = texts[file.replace('.json', '')] ?? (apps.length === 1 ? texts.standalone : undefined);
      if (own === undefined) continue;
      const shown = shownIn([own]);
      const names = expressionsOf(file).flatMap(({ promql }) => askedBy(promql).map(({ name }) => name));
      expect({ file, missing: names.filter((name) => !shown.has(name)) }).toEqual({ file, missing: [] });
    }
  });

  it('of the guide is shown', () => {
    const names = [
      'http_requests_total',
      'http_request_duration_seconds_bucket',
      'db_operation_duration_seconds_bucket',
    ];
    names.push(
      'db_operation_errors_total',
      'db_connections_active',
      'db_connections_idle',
      'cache_hits',
      'cache_misses',
    );
    names.push('memory_allocated_bytes', 'memory_resident_bytes');
    const shown = shownIn(Object.values(texts));
    expect(names.filter((name) => !shown.has(name))).toEqual([]);
  });
});

/** Each finds series in what all processes show, and has their labels. */
function expectShown(expressions: readonly { readonly where: string; readonly promql: string }[]): void {
  const shown = shownIn(Object.values(texts));
  for (const { where, promql } of expressions) {
    const asked = askedBy(promql);
    expect({ where, asked: asked.length }).not.toEqual({ where, asked: 0 });
    for (const metric of asked) {
      const { name } = metric;
      expect({ where, name, known: shown.has(name) }).toEqual({ where, name, known: true });
      if (ofMishaps.includes(name)) continue;
      const found = shown.get(name)!.filter((series) => matches(series, metric, lasting));
      const labels = [...groupsOf(promql), ...metric.matchers.map(({ label }) => label)];
      const missing = labels.filter((label) => found.every((series) => !(label in series)));
      expect({ where, name, found: found.length > 0, missing }).toEqual({ where, name, found: true, missing: [] });
    }
  }
}
