import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { exitStatusOf, type Bench, type Topology } from '../../test/bench/bench.js';
import { catalogue } from '../../test/bench/catalogue.js';
import { keep, writeReport } from '../../test/bench/report/files.js';
import { conditions } from '../../test/bench/report/html.js';
import { table } from '../../test/bench/report/table.js';
import { runBench, type Result } from '../../test/bench/run.js';
import { runCommand, UsageError } from './command.js';
import { Steps } from './steps.js';

const width = Math.max(...catalogue.map(({ name }) => name.length));
const usage = `npm run bench -- NAME [--quick] [--topology standalone|distributed] [--json FILE]

Measures Fechatter beside the floor of what it is built on, in the same run. Exit status 1 where a bar is missed. Results
are kept in test/bench/results, with a page of all of them. NAME is one of:

${catalogue.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`).join('\n')}
  ${'all'.padEnd(width)}  every one of them
  ${'report'.padEnd(width)}  nothing measured: page and READMEs from the results that are kept

  --quick     short rounds, to see that it works; no figures to quote, kept apart
  --topology  this one, in place of those that the bench is about
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
  if (name === 'report') return report();
  const results: Result[] = [];
  for (const bench of chosen(name)) {
    for (const where of topology === undefined ? bench.topologies : [topologyOf(topology)]) {
      results.push(await run(bench, where, quick));
    }
  }
  if (json !== undefined) {
    mkdirSync(dirname(json), { recursive: true });
    writeFileSync(json, JSON.stringify(results, undefined, 1));
  }
  return exitStatusOf(results);
});

async function run(bench: Bench, topology: Topology, quick: boolean): Promise<Result> {
  const title = `${bench.name}, ${topology}`;
  const steps = new Steps(title);
  const result = await runBench(bench, topology, quick, (what) => steps.show(what)).finally(() => steps.end());
  const page = keep(result);
  const parts = [`${title}\n${conditions(result).join('\n')}`, table(result.figures), ...(result.notes ?? []), page];
  process.stdout.write(`\n${parts.join('\n\n')}\n`);
  return result;
}

async function report(): Promise<number> {
  const count = await writeReport();
  process.stdout.write(
    count === 0
      ? 'There are no results yet.\n'
      : `README.md, test/bench/README.md and the page are made of ${count} results.\n`,
  );
  return count === 0 ? 1 : 0;
}

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
