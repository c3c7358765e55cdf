import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isMet, type Bench, type Topology } from '../../test/bench/bench.js';
import { catalogue } from '../../test/bench/catalogue.js';
import { table } from '../../test/bench/report/table.js';
import { runBench, type Result } from '../../test/bench/run.js';
import { runCommand, UsageError } from './command.js';

const width = Math.max(...catalogue.map(({ name }) => name.length));
const usage = `npm run bench -- NAME [--quick] [--topology standalone|distributed] [--json FILE]

Measures Fechatter beside the floor of what it is built on, in the same run. Exit status 1 where a bar is missed.
NAME is one of:

${catalogue.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`).join('\n')}
  ${'all'.padEnd(width)}  every one of them

  --quick     short rounds, to see that it works; no figures to quote
  --topology  instead of those that the bench is about
  --json      writes what was found to this file too`;

const options = {
  quick: { type: 'boolean', default: false },
  topology: { type: 'string' },
  json: { type: 'string' },
} as const;

await runCommand(usage, options, async ({ quick, topology, json }, [name]) => {
  if (name === undefined) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const results: Result[] = [];
  for (const bench of chosen(name)) {
    for (const where of topology === undefined ? bench.topologies : [topologyOf(topology)]) {
      results.push(await runBench(bench, where, quick, say(`${bench.name}, ${where}`)));
      process.stdout.write(`\n${describe(results.at(-1)!)}\n`);
    }
  }
  if (json !== undefined) {
    mkdirSync(dirname(json), { recursive: true });
    writeFileSync(json, JSON.stringify(results, undefined, 1));
  }
  const missed = results.flatMap(({ figures }) => figures).filter((figure) => isMet(figure) === false);
  return missed.length === 0 ? 0 : 1;
});

function chosen(name: string): readonly Bench[] {
  if (name === 'all') return catalogue;
  const bench = catalogue.find((candidate) => candidate.name === name);
  if (bench === undefined) throw new UsageError(`There is no bench "${name}".`);
  return [bench];
}

function topologyOf(name: string): Topology {
  if (name !== 'standalone' && name !== 'distributed') throw new UsageError(`There is no topology "${name}".`);
  return name;
}

/** A line that changes on a terminal, a line each in a log. */
function say(about: string): (what: string) => void {
  return (what) => {
    const line = `${about}: ${what}`;
    process.stderr.write(process.stderr.isTTY ? `\r\x1b[2K${line}` : `${line}\n`);
  };
}

function describe({
  bench,
  topology,
  machine,
  postgres,
  loadAverage: load,
  tookSeconds,
  figures,
  notes,
}: Result): string {
  const settings = Object.entries(postgres ?? {}).map(([name, value]) => `${name} ${value}`);
  return [
    `${bench}, ${topology}, in ${tookSeconds} s`,
    `${machine.cores} cores (${machine.cpu}), Node ${machine.node}, load average ${load.map((value) => value.toFixed(1)).join(' → ')}`,
    ...(settings.length > 0 ? [`PostgreSQL: ${settings.join(', ')}`] : []),
    '',
    table(figures),
    ...(notes ?? []),
  ].join('\n');
}
