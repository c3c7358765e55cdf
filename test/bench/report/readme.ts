import { isMet, type Figure } from '../bench.js';
import type { Result } from '../run.js';
import { conditions } from './html.js';
import { cellsOf } from './table.js';

const [begin, end] = ['<!-- bench -->', '<!-- /bench -->'];

/** The page with this text between its marks. Throws when it has none. */
export function withSection(page: string, text: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The page has no ${begin} … ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`;
}

/** What stands for the rest in the root README, all of it standalone. */
const headlines: readonly (readonly [bench: string, figure: string])[] = [
  ['sends', 'one chat'],
  ['batches', 'batches of 100, one chat'],
  ['list', 'latest 50'],
  ['delivery', 'commit to receipt, at most, p50'],
  ['fanout', 'one message to 10,000 sockets, the last reached, p50'],
  ['search', 'search, p50'],
];

/** What the README of the benches says of results: every figure that has a bar, and where it was measured. */
export function readmeSection(results: readonly Result[]): string {
  const names = [...columns, 'generator CPU, ours / floor'];
  return [...new Set(results.map(where)), when(results), '', ...table(results, names, () => true)].join('\n');
}

/** What the root README shows: a few figures that stand for the rest, and every bar that is missed. */
export function headlineSection(results: readonly Result[]): string {
  return table(results, columns, (figure, { bench, topology }) => {
    const isHeadline = headlines.some(([of, name]) => of === bench && name === figure.name);
    return isMet(figure) === false || (isHeadline && topology === 'standalone');
  }).join('\n');
}

const columns = ['bench', 'figure', 'ours', 'floor', 'ours ÷ floor', 'bar', ''];

function table(
  results: readonly Result[],
  names: readonly string[],
  isShown: (figure: Figure, result: Result) => boolean,
): string[] {
  const rows = results.flatMap((result) =>
    result.figures
      .filter((figure) => isMet(figure) !== undefined && isShown(figure, result))
      .map((figure) => [`\`${result.bench}\`, ${result.topology}`, ...cellsOf(figure)].slice(0, names.length)),
  );
  return [names, names.map(() => '---'), ...rows].map((cells) => `| ${cells.map(plain).join(' | ')} |`);
}

/** Machine, versions and durability settings; the same for results of one run. */
function where(result: Result): string {
  const [machine = '', postgres = ''] = conditions({ ...result, postgres: result.postgres ?? {} });
  return [machine, ...(result.postgres === undefined ? [] : [postgres])].map((line) => `${line}.`).join(' ');
}

function when(results: readonly Result[]): string {
  const dates = results.map(({ startedAt }) => startedAt.slice(0, 10)).sort();
  const loads = results.map(({ loadAverage: [before] }) => before);
  const range = [Math.min(...loads), Math.max(...loads)].map((load) => load.toFixed(1));
  return `Measured ${[...new Set([dates[0], dates.at(-1)])].join(' to ')}; load average before each bench ${range.join(' to ')}.`;
}

function plain(cell: string): string {
  return cell.replaceAll('|', '\\|');
}
