import type { Plot } from '../bench.js';
import { escapeHtml } from './escape.js';
import { plotSize, plotSvg } from './plot.js';
import { palette, plotStyle, seriesColours } from './style.js';

const columns = 2;
const gap = 24;
/** Above a plot: its title, and what its lines are. */
const head = 46;
const cell = { width: plotSize.width + gap, height: head + plotSize.height + gap };
const noteHeight = 18;
/** Of a letter of the legend, on average. */
const letterWidth = 7.4;

/** Plots beside each other as one picture that needs nothing else, with lines on how they came about. */
export function picture(title: string, plots: readonly Plot[], notes: readonly string[]): string {
  const [width, height] = [
    columns * cell.width + gap,
    Math.ceil(plots.length / columns) * cell.height + gap + notes.length * noteHeight,
  ];
  const cells = plots.map((plot, index) => {
    const [x, y] = [gap + (index % columns) * cell.width, gap + Math.floor(index / columns) * cell.height];
    return `<g transform="translate(${x} ${y})">${cellOf(plot)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">
<style>${palette}${plotStyle}
svg { font-family: system-ui, sans-serif; } .paper { fill: var(--paper); } svg text.title { fill: var(--ink); font-size: 15px; font-weight: 600; }
${Array.from({ length: seriesColours }, (_, at) => `svg .legend .s${at} { fill: var(--c${at}); }`).join('\n')}</style>
<rect class="paper" width="${width}" height="${height}"/>
${cells.join('\n')}
${notes.map((note, at) => `<text x="${gap}" y="${height - (notes.length - at) * noteHeight}">${escapeHtml(note)}</text>`).join('')}</svg>
`;
}

function cellOf(plot: Plot): string {
  let x = 0;
  const legend = plot.series.map(({ name }, at) => {
    const text = `<text class="s${at % seriesColours}" x="${x.toFixed(0)}" y="36">● ${escapeHtml(name)}</text>`;
    x += (name.length + 4) * letterWidth;
    return text;
  });
  return `<text class="title" y="16">${escapeHtml(plot.title)}</text><g class="legend">${legend.join('')}</g>${plotSvg(plot, `y="${head}" width="${plotSize.width}" height="${plotSize.height}"`)}`;
}
