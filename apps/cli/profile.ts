import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue } from '../../test/bench/catalogue.js';
import { bySelf, cpuTree, titleOf } from '../../test/bench/profile/frames.js';
import type { Found } from '../../test/bench/profile/found.js';
import { profilePage } from '../../test/bench/profile/page.js';
import { ProfiledGenerator } from '../../test/bench/profile/profiled-generator.js';
import { resultsFolder } from '../../test/bench/subject.js';
import { Generator } from '../../test/load/generator.js';
import { runCommand, UsageError } from './command.js';
import { Steps } from './steps.js';

const usage = `npm run profile -- BENCH [--topology standalone|distributed] [--full]

Runs a bench (npm run bench names them) in short rounds, or with --full in its own, and has every process of the server
profile itself under the last load that the bench puts on it. Writes for each process a page with a flame graph, the
functions by their own time and a report of the heap into test/bench/results/profile-…, beside the .cpuprofile and
.heapprofile that the developer tools of a browser read.`;

const options = {
  topology: { type: 'string', default: 'standalone' },
  full: { type: 'boolean', default: false },
} as const;

await runCommand(usage, options, async ({ topology, full }, [name]) => {
  const bench = catalogue.find((candidate) => candidate.name === name);
  if (bench === undefined) throw new UsageError(name === undefined ? 'Name a bench.' : `There is no bench "${name}".`);
  if (topology !== 'standalone' && topology !== 'distributed')
    throw new UsageError(`There is no topology "${topology}".`);
  const folder = mkdtempSync(join(tmpdir(), 'fechatter-profile-'));
  const steps = new Steps(`${bench.name}, ${topology}`);
  // Before the agent is asked for: the generator is not what is profiled.
  const generator = new ProfiledGenerator(Generator.start(), folder);
  process.env.FECHATTER_PROFILE_DIR = folder;
  process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --import ${new URL('../../test/bench/profile/agent.js', import.meta.url).href}`;
  try {
    await bench.run({ topology, quick: !full, generator, say: (what) => steps.show(what) });
  } finally {
    steps.end();
    await generator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  if (generator.found.length === 0) throw new Error(`The bench "${bench.name}" puts no load on a server.`);
  const results = join(resultsFolder, `profile-${bench.name}-${topology}`);
  mkdirSync(results, { recursive: true });
  for (const found of generator.found)
    write(results, `${bench.name}, ${topology}: ${found.name} under "${generator.load}"`, found);
  return 0;
});

function write(folder: string, title: string, found: Found): void {
  const path = join(folder, found.name);
  writeFileSync(`${path}.html`, profilePage(title, found));
  writeFileSync(`${path}.cpuprofile`, JSON.stringify(found.cpu));
  writeFileSync(`${path}.heapprofile`, JSON.stringify(found.heap));
  const tree = cpuTree(found.cpu);
  const lines = [
    ...bySelf(tree, ({ origin }) => origin).slice(0, 12),
    undefined,
    ...bySelf(tree, titleOf).slice(0, 20),
  ];
  const text = lines.map((row) => (row ? `${(row.share * 100).toFixed(1).padStart(6)} %  ${row.key}` : ''));
  process.stdout.write(`\n${title}\n${text.join('\n')}\n\n${path}.html\n`);
}
