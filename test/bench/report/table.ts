import { isMet, type Bar, type Figure } from '../bench.js';

/** What the columns hold. */
export const head = ['', 'ours', 'floor', 'ours ÷ floor', 'bar', '', 'generator CPU'];

/** The cells of one figure, as the terminal and the README show them. */
export function cellsOf(figure: Figure): string[] {
  const { name, ours, unit, floor, ratio, interval, bar, generatorCpu } = figure;
  const met = isMet(figure);
  return [
    name,
    `${number(ours)} ${unit}`,
    floor === undefined ? '' : `${number(floor.value)} ${floor.name}`,
    ratio === undefined
      ? ''
      : [number(ratio), ...(interval === undefined ? [] : [`(${interval.map(number).join(' to ')})`])].join(' '),
    bar === undefined ? '' : barText(bar, unit),
    met === undefined ? '' : met ? 'pass' : 'MISSED',
    [generatorCpu, floor?.generatorCpu].map(share).filter(Boolean).join(' / '),
  ];
}

/** A table for a terminal. */
export function table(figures: readonly Figure[]): string {
  const rows = [head, ...figures.map(cellsOf)];
  const widths = head.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function share(value: number | undefined): string {
  return value === undefined ? '' : `${Math.round(value * 100)} %`;
}

function barText({ of, atLeast, atMost }: Bar, unit: string): string {
  const bound = atLeast === undefined ? `≤ ${number(atMost ?? Number.NaN)}` : `≥ ${number(atLeast)}`;
  return of === 'ratio' ? bound : `${bound} ${unit}`;
}

/** Three significant digits below a thousand, whole numbers above. */
export function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
