import { isMet } from '../bench.js';
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

/** What the README says of results: every figure that has a bar, and where it was measured. */
export function readmeSection(results: readonly Result[]): string {
  const rows = results.flatMap((result) =>
    result.figures
      .filter((figure) => isMet(figure) !== undefined)
      .map((figure) => [`\`${result.bench}\`, ${result.topology}`, ...cellsOf(figure)]),
  );
  const names = ['bench', 'figure', 'ours', 'floor', 'ours ÷ floor', 'bar', '', 'generator CPU, ours / floor'];
  const table = [names, names.map(() => '---'), ...rows].map((cells) => `| ${cells.map(plain).join(' | ')} |`);
  return [...[...new Set(results.map(where))], '', ...table].join('\n');
}

/** Machine, versions and durability settings; the same for results of one run. */
function where(result: Result): string {
  const [machine = '', postgres = ''] = conditions({ ...result, postgres: result.postgres ?? {} });
  return [machine, ...(result.postgres === undefined ? [] : [postgres])].map((line) => `${line}.`).join(' ');
}

function plain(cell: string): string {
  return cell.replaceAll('|', '\\|');
}
