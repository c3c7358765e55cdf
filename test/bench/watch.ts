import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { startPrometheus } from '#servers/prometheus.js';
import type { Plot } from './bench.js';
import { dataFolder, type Subject } from './subject.js';

const stepSeconds = 1;
const firstScrapeMs = 30_000;
/** What Grafana would put in place of its variable, for scrapes so close to each other. */
const window = '5s';

/** A panel as it stands in the file of a dashboard. */
export interface GrafanaPanel {
  readonly title: string;
  readonly fieldConfig: { readonly defaults: { readonly unit: string } };
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Range {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [epochSeconds: number, value: string])[];
}

/** How the units of Grafana are written on an axis, and what one of it is in them. */
const units: Readonly<Record<string, readonly [text: string, factor: number]>> = {
  reqps: ['requests/s', 1],
  ops: ['1/s', 1],
  s: ['ms', 1e3],
  percentunit: ['%', 100],
  bytes: ['MB', 1e-6],
  short: ['', 1],
};

/** Has a Prometheus look at the server once a second while the work is done; answers what the panels show then. */
export async function watched(
  subject: Subject,
  panels: readonly GrafanaPanel[],
  work: () => Promise<void>,
): Promise<Plot[]> {
  const dir = dataFolder('prometheus');
  mkdirSync(dir, { recursive: true });
  writeFileSync(`${dir}/prometheus.yml`, configuration(subject.metricsPorts));
  const prometheus = await startPrometheus({ dir });
  try {
    await untilScraped(prometheus.url, Object.keys(subject.metricsPorts).length);
    const start = Date.now() / 1000;
    await work();
    const span = { start: start.toFixed(0), end: (Date.now() / 1000).toFixed(0), step: String(stepSeconds) };
    return await Promise.all(panels.map((panel) => plotOf(prometheus.url, panel, span)));
  } finally {
    await prometheus.stop();
    rmSync(dir, { recursive: true });
  }
}

/** A Prometheus takes some seconds from its start until it looks at anything. */
async function untilScraped(url: string, processes: number): Promise<void> {
  for (const deadline = Date.now() + firstScrapeMs; ; await pause(100)) {
    const { result } = await ask<{ result: readonly unknown[] }>(url, 'query', { query: 'up == 1' });
    if (result.length === processes) return;
    if (Date.now() > deadline) throw new Error('Prometheus did not reach every process in time');
  }
}

/** In JSON, which is YAML. The name of an app stands for its address. */
function configuration(ports: Readonly<Record<string, number>>): string {
  const static_configs = Object.entries(ports).map(([instance, port]) => ({
    targets: [`127.0.0.1:${port}`],
    labels: { instance },
  }));
  const global = { scrape_interval: `${stepSeconds}s` };
  return JSON.stringify({ global, scrape_configs: [{ job_name: 'fechatter', static_configs }] });
}

async function plotOf(
  url: string,
  panel: GrafanaPanel,
  span: Readonly<Record<'start' | 'end' | 'step', string>>,
): Promise<Plot> {
  const { title, fieldConfig, targets } = panel;
  const [y, factor] = units[fieldConfig.defaults.unit]!;
  const series = await Promise.all(
    targets.map(async ({ expr, legendFormat }) => {
      const query = expr.replaceAll('$__rate_interval', window);
      const { result } = await ask<{ result: readonly Range[] }>(url, 'query_range', { query, ...span });
      return result.map(({ metric, values }) => ({
        name: legendFormat.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? ''),
        points: values
          .map(([at, value]) => [at - Number(span.start), Number(value) * factor] as const)
          .filter(([, value]) => Number.isFinite(value)),
      }));
    }),
  );
  return { title, kind: 'time', x: 's', y, series: series.flat().filter(({ points }) => points.length > 0) };
}

async function ask<Data>(url: string, path: string, query: Readonly<Record<string, string>>): Promise<Data> {
  const answer = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(query).toString()}`);
  const body = (await answer.json()) as { data?: Data; error?: string };
  if (body.data === undefined) throw new Error(`Prometheus does not answer ${query.query}: ${body.error}`);
  return body.data;
}
