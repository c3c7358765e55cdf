import { isMet } from '../bench.js';
import type { Result } from '../run.js';
import { escapeHtml } from './escape.js';
import { plotFigure } from './plot.js';
import { style } from './style.js';
import { cellsOf, head } from './table.js';

/** The report as one page that needs nothing else. */
export function htmlReport(results: readonly Result[]): string {
  const bars = results.flatMap(({ figures }) => figures.map(isMet)).filter((met) => met !== undefined);
  const missed = bars.filter((met) => !met).length;
  const quick = results.some((result) => result.quick)
    ? '<p class="quick">Short rounds (--quick): no figures to quote.</p>'
    : '';
  const summary = `${bars.length - missed} of ${bars.length} bars reached`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Fechatter benchmarks</title><style>${style}</style></head>
<body><header><h1>Fechatter benchmarks</h1><p class="${missed === 0 ? 'pass' : 'missed'}">${summary}</p>${quick}
<nav>${results.map(link).join('')}</nav></header>
<main>${results.map(section).join('\n')}</main></body></html>
`;
}

function link(result: Result): string {
  return `<a href="#${idOf(result)}">${escapeHtml(titleOf(result))}</a>`;
}

function section(result: Result): string {
  return `<section id="${idOf(result)}"><h2>${escapeHtml(titleOf(result))}</h2>
<p class="conditions">${conditions(result).map(escapeHtml).join('<br>')}</p>
<div class="scroll"><table><thead><tr>${head.map((cell) => `<th>${escapeHtml(cell)}</th>`).join('')}</tr></thead>
<tbody>${result.figures.map((figure) => row(cellsOf(figure), isMet(figure))).join('')}</tbody></table></div>
${(result.notes ?? []).map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('')}
<div class="plots">${(result.plots ?? []).map(plotFigure).join('')}</div></section>`;
}

function row(cells: readonly string[], met: boolean | undefined): string {
  const verdict = met === undefined ? '' : met ? ' class="pass"' : ' class="missed"';
  return `<tr${verdict}>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
}

/** On what and when it was measured, line by line. */
export function conditions({ machine, postgres, loadAverage: load, startedAt, tookSeconds }: Result): string[] {
  const { cores, cpu, memoryGiB, platform, node } = machine;
  const settings = Object.entries(postgres ?? {}).map(([name, value]) => `${name} ${value}`);
  return [
    `${cores} cores (${cpu}), ${memoryGiB} GiB, ${platform}, Node ${node}`,
    ...(settings.length > 0 ? [`PostgreSQL: ${settings.join(', ')}`] : []),
    `${startedAt.slice(0, 16).replace('T', ' ')} UTC, took ${tookSeconds} s, load average ${load[0].toFixed(1)} before and ${load[1].toFixed(1)} after`,
  ];
}

function titleOf({ bench, topology }: Result): string {
  return `${bench}, ${topology}`;
}

function idOf({ bench, topology }: Result): string {
  return `${bench}-${topology}`;
}
