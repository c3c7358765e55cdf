// `npm test`: everything that must be green, one step after another, and one line at the end that counts.
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare } from './prepare.mjs';

const help = `npm test [-- --only STEP] [-- --help]

Runs these steps one after another, against real PostgreSQL, NATS and Redis, and counts at the end:

  check        format, lint, types, architecture and unused code (npm run check)
  unit         the specs beside the code
  standalone   end-to-end tests of everything in one process
  distributed  the same tests of one process for each app
  system       tests that start, kill and load servers of their own

On demand only, with --only or the command beside it:

  import       imports a history and compares; a given one with CORPUS=FILE (npm run test:import)
  drops        a minute of clients whose network and bus fail all the time (npm run test:drops)
  stress       sixty scenarios of the realtime interface, each with its time limit (npm run test:stress)
  stories      what people do in their chats, against a model: a hundred times on both topologies, from a random
               seed that it prints; MODEL_SEED=… MODEL_RUNS=… for given ones
  nightly      what takes longer than a commit should wait: the plan of every statement on a million messages,
               every case of the crashes, then stories, drops and stress (npm run test:nightly)

Drops and stress have options of their own: npm run test:stress -- --help.`;

const folder = mkdtempSync(join(tmpdir(), 'fechatter-results-'));
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--silent=false'];
const results = [];

/** Runs a program to its end and answers its exit code. `onOutput` gets what it prints, besides the terminal. */
function run(command, args, env = {}, onOutput) {
  return new Promise((resolve) => {
    const stdio = ['inherit', onOutput === undefined ? 'inherit' : 'pipe', 'inherit'];
    const child = spawn(command, args, { stdio, env: { ...process.env, ...env } });
    child.stdout?.on('data', (chunk) => process.stdout.write(chunk));
    child.stdout?.on('data', (chunk) => onOutput(chunk.toString()));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** A check that passes or fails as a whole. */
async function check(name) {
  const started = performance.now();
  const code = await run('npm', ['run', '--silent', `check:${name}`]);
  results.push({
    name: `check ${name}`,
    passed: code === 0 ? 1 : 0,
    failed: code === 0 ? 0 : 1,
    ms: performance.now() - started,
  });
}

/** A jest run, counted test by test; a run that breaks before its tests counts as one failure. */
async function tests(name, config, env = {}, more = []) {
  const started = performance.now();
  const file = join(folder, `${name}.json`);
  const code = await run(process.execPath, [...jest, '-c', config, ...more, '--json', `--outputFile=${file}`], env);
  const { passed, failed } = countsOf(file);
  const broken = code !== 0 && failed === 0 ? 1 : 0;
  results.push({ name, passed, failed: failed + broken, ms: performance.now() - started });
}

function countsOf(file) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    return { passed: report.numPassedTests, failed: report.numFailedTests + report.numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

/** Tests that are programs of their own, with options and help of their own. */
const programs = { drops: 'dist/test/faults/drops/main.js', stress: 'dist/test/faults/stress/main.js' };

async function program(name) {
  const started = performance.now();
  let output = '';
  const code = await run(process.execPath, [programs[name], ...own], {}, (text) => (output += text));
  if (own.includes('--help')) process.exit(code);
  // The last line counts what was checked; a program without such a line is one check.
  const counted = /^(\d+) passed, (\d+) failed\b.*\n$/m.exec(output.slice(-200));
  const [passed, failed] = counted === null ? [code === 0 ? 1 : 0, 0] : counted.slice(1).map(Number);
  const broken = code !== 0 && failed === 0 ? 1 : 0;
  results.push({ name, passed, failed: failed + broken, ms: performance.now() - started });
}

/** Others each night: the seed is printed, so that what failed can be had again. */
async function stories() {
  const { MODEL_SEED = String(randomInt(2 ** 31)), MODEL_RUNS = '100' } = process.env;
  console.log(`\nMODEL_SEED=${MODEL_SEED} MODEL_RUNS=${MODEL_RUNS}`);
  for (const TOPOLOGY of ['standalone', 'distributed'])
    await tests(`stories ${TOPOLOGY}`, 'test/jest.e2e.js', { TOPOLOGY, MODEL_SEED, MODEL_RUNS }, ['model.e2e-spec']);
}

const steps = {
  check: async () => {
    const inTurn = async (...names) => {
      for (const name of names) await check(name);
    };
    // Each keeps one core busy; lint takes as long as the others together.
    await Promise.all([inTurn('lint'), inTurn('format', 'types', 'architecture', 'unused')]);
  },
  unit: () => tests('unit', 'test/jest.unit.js'),
  standalone: () => tests('standalone', 'test/jest.e2e.js', { TOPOLOGY: 'standalone' }),
  distributed: () => tests('distributed', 'test/jest.e2e.js', { TOPOLOGY: 'distributed' }),
  system: () => tests('system', 'test/jest.system.js'),
};

/** Not part of the whole: what somebody asks for. */
const extraSteps = {
  nightly: async () => {
    await tests('nightly', 'test/jest.nightly.js');
    await stories();
    for (const name of Object.keys(programs)) await program(name);
  },
  stories,
  stress: () => program('stress'),
  drops: () => program('drops'),
  import: () => tests('import', 'test/jest.system.js', {}, ['import', '-t', 'stores a history']),
};

const args = process.argv.slice(2);
const only = args[0] === '--only' ? args[1] : undefined;
const own = only === undefined ? [] : args.slice(2);
if (args.includes('--help') && !(only in programs)) {
  console.log(help);
  process.exit(0);
}
if (only !== undefined && !(only in { ...steps, ...extraSteps })) {
  console.error(`There is no step "${only}".\n\n${help}`);
  process.exit(2);
}

await prepare();
const chosen = only === undefined ? Object.values(steps) : [{ ...steps, ...extraSteps }[only]];
for (const step of chosen) await step();
rmSync(folder, { recursive: true, force: true });

console.log('');
for (const { name, passed, failed, ms } of results) {
  console.log(
    `${failed === 0 ? 'ok    ' : 'FAILED'}  ${name.padEnd(20)} ${(ms / 1000).toFixed(1).padStart(6)} s  ${passed} passed, ${failed} failed`,
  );
}
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
