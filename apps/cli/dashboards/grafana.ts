import type { Dashboard, Panel } from './dashboard.js';

const [columns, width, height] = [2, 12, 8];
const datasource = { type: 'prometheus', uid: '${datasource}' };

/** A dashboard as Grafana (10 and later) imports it: two panels beside each other, the data source to be chosen. */
export function grafanaDashboard({ name, panels }: Dashboard): object {
  return {
    uid: `fechatter-${name}`,
    title: `Fechatter: ${name}`,
    tags: ['fechatter'],
    schemaVersion: 39,
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus', current: {} }] },
    panels: panels.map(grafanaPanel),
  };
}

function grafanaPanel({ title, about, unit, lines }: Panel, index: number): object {
  return {
    id: index + 1,
    type: 'timeseries',
    title,
    ...(about !== undefined && { description: about }),
    datasource,
    gridPos: { x: (index % columns) * width, y: Math.floor(index / columns) * height, w: width, h: height },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: Object.entries(lines).map(([legendFormat, expr], at) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + at),
      expr,
      legendFormat,
    })),
  };
}
