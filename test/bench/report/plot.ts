import type { Plot } from '../bench.js';
import { escapeHtml } from './escape.js';
import { linear, logarithmic, ordinal, percentiles, type Scale } from './scale.js';
import { seriesColours } from './style.js';
import { number } from './table.js';

export const plotSize = { width: 640, height: 300 };
const { width, height } = plotSize;
const margin = { left: 78, right: 16, top: 12, bottom: 44 };
const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };

/** A figure with its legend; colours come from the style of the page. */
export function plotFigure(plot: Plot): string {
  const legend = plot.series
    .map(({ name }, at) => `<li class="s${at % seriesColours}">${escapeHtml(name)}</li>`)
    .join('');
  return `<figure><figcaption>${escapeHtml(plot.title)}</figcaption><ul class="legend">${legend}</ul>${plotSvg(plot)}</figure>`;
}

/** The plot without title and legend; `place` are attributes that say where it is in a larger picture. */
export function plotSvg(plot: Plot, place = ''): string {
  const [xs, ys] = [0, 1].map((at) => plot.series.flatMap(({ points }) => points.map((point) => point[at]!)));
  const [x, y] = scalesOf(plot.kind, xs!, ys!);
  const left = (value: number) => margin.left + x.place(value) * inner.width;
  const top = (value: number) => margin.top + (1 - y.place(value)) * inner.height;
  const lines = plot.series.map(({ name, points }, at) => {
    const path = points
      .map(([px, py], index) => `${index === 0 ? 'M' : 'L'}${fixed(left(px))} ${fixed(top(py))}`)
      .join('');
    const dots = points.length > 24 ? '' : points.map((point) => dot(point, left, top, plot)).join('');
    return `<g class="s${at % seriesColours}"><path d="${path}"><title>${escapeHtml(name)}</title></path>${dots}</g>`;
  });
  return `<svg ${place} viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(plot.title)}">${[
    ...y.ticks.map((tick) => yTick(tick, top(tick))),
    ...x.ticks.map((tick) => xTick(tick, left(tick), plot.kind)),
    `<text class="axis" x="${margin.left + inner.width / 2}" y="${height - 6}">${escapeHtml(plot.x)}</text>`,
    `<text class="axis" transform="translate(14 ${margin.top + inner.height / 2}) rotate(-90)">${escapeHtml(plot.y)}</text>`,
    ...lines,
  ].join('')}</svg>`;
}

function scalesOf(kind: Plot['kind'], xs: number[], ys: number[]): [Scale, Scale] {
  switch (kind) {
    case 'latency':
      return [percentiles(xs), logarithmic(ys)];
    case 'curve':
      return [ordinal(xs), logarithmic(ys)];
    case 'time':
      return [linear(xs, 10), linear(ys)];
  }
}

type Place = (value: number) => number;

function dot([x, y]: readonly [number, number], left: Place, top: Place, plot: Plot): string {
  const text = `${number(x)} ${plot.x}: ${number(y)} ${plot.y}`;
  return `<circle cx="${fixed(left(x))}" cy="${fixed(top(y))}" r="3"><title>${escapeHtml(text)}</title></circle>`;
}

function yTick(value: number, at: number): string {
  const line = `<line x1="${margin.left}" x2="${margin.left + inner.width}" y1="${fixed(at)}" y2="${fixed(at)}"/>`;
  return `${line}<text class="y" x="${margin.left - 8}" y="${fixed(at + 4)}">${tickText(value)}</text>`;
}

function xTick(value: number, at: number, kind: Plot['kind']): string {
  const text = kind === 'latency' ? `${value}` : tickText(value);
  const bottom = margin.top + inner.height;
  const line = `<line x1="${fixed(at)}" x2="${fixed(at)}" y1="${bottom}" y2="${bottom + 5}"/>`;
  return `${line}<text class="x" x="${fixed(at)}" y="${bottom + 18}">${text}</text>`;
}

function tickText(value: number): string {
  return Number(value.toPrecision(6)).toLocaleString('en', { maximumFractionDigits: 3 });
}

function fixed(value: number): string {
  return value.toFixed(1);
}
