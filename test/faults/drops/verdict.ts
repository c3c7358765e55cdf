import { groupBy } from '../history/group.js';
import type { DropsReport } from './report.js';

/** What is wrong with a run, in sentences; none when everything was delivered and every fault did happen. */
export function faultsOf(report: DropsReport): string[] {
  const { findings, differences, notBrought, withheld, events, cuts, moves, reconnects, received, served } = report;
  const faults: string[] = [];
  for (const [anomaly, found] of groupBy(findings, (finding) => finding.anomaly))
    faults.push(`${found.length} × ${anomaly}, first: ${JSON.stringify(found[0])}`);
  if (differences.length > 0)
    faults.push(`${differences.length} messages differ, first: ${JSON.stringify(differences[0])}`);
  if (notBrought > 0) faults.push(`${notBrought} entries were not brought by the connections that should have`);
  if (withheld > 0) faults.push(`${withheld} entries were withheld from clients who never left`);
  const happened = {
    cuts,
    moves,
    reconnects,
    received,
    'clients who were to be brought everything': served,
    'lost events': events.lost,
    'doubled events': events.twice,
  };
  for (const [what, count] of Object.entries(happened)) if (count === 0) faults.push(`There were no ${what}`);
  return faults;
}

/** The figures of a run for people. */
export function figuresOf(report: DropsReport): string {
  const { events, cuts, moves, reconnects, received, doubles, gaps, applied, expected, operations, forgone } = report;
  const rows: [string, string][] = [
    [
      'bus events',
      `${number(events.lost)} lost, ${number(events.twice)} doubled, ${number(events.late)} overtaken of ${number(sum(events))}`,
    ],
    [
      'connections',
      `${number(cuts)} cuts of 2 s, ${number(moves)} with a move to another gateway, ${number(reconnects)} reconnects`,
    ],
    [
      'changes',
      `${number(operations.ok)} acknowledged, ${number(operations.fail)} refused, ${number(operations.info)} of unknown outcome`,
    ],
    ['on the wire', `${number(received)} entries received, ${number(doubles)} of them doubles, ${number(gaps)} gaps`],
    ['delivered', `${percent(applied, expected)} (${number(applied)} of ${number(expected)} entries)`],
  ];
  if (forgone > 0) rows.push(['forgone', `${number(forgone)} entries, by clients that left while they were cut off`]);
  return rows.map(([name, text]) => `${name.padEnd(12)} ${text}`).join('\n');
}

const number = (count: number) => count.toLocaleString('en');

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** Never rounded up to the whole. */
function percent(part: number, whole: number): string {
  return `${(Math.floor((part / whole) * 10_000) / 100).toFixed(2)} %`;
}
