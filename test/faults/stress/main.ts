import { parseArgs } from 'node:util';
import { runScenarios, scenarios } from './run.js';

/** What takes longer is not run before every commit. */
const mostSeconds = 60;

const usage = `npm run test:stress [-- --only TEXT] [-- --list]

Some sixty scenarios of the realtime interface against real services and PostgreSQL in one process, with two gateways
whose bus events are lost, doubled and overtaken where a scenario wants it. Each checks itself; at the end nothing may be
left behind: sockets, timers, subscriptions, rooms, users, watchers, memory. All of it may take a minute.

  --only TEXT  those whose name contains TEXT
  --list       only their names

SEED=1 in the environment chooses another run.`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const chosen = scenarios.filter(({ name }) => name.includes(values.only));
if (values.help || values.list) {
  console.log(values.help ? usage : chosen.map(({ name }) => name).join('\n'));
  process.exit(0);
}
if (chosen.length === 0) {
  console.error(`There is no scenario "${values.only}". See --list.`);
  process.exit(2);
}

const seed = Number(process.env.SEED ?? 42);
const started = performance.now();
console.log(`Stress: ${chosen.length} scenarios, SEED=${seed}`);
const outcomes = await runScenarios(chosen, seed, ({ name, ms, error }) => {
  console.log(`${error === undefined ? 'ok    ' : 'FAILED'} ${(ms / 1_000).toFixed(1).padStart(6)} s  ${name}`);
  if (error !== undefined) console.log(error);
});
const seconds = (performance.now() - started) / 1_000;
const isLate = seconds > mostSeconds;
if (isLate) console.log(`FAILED ${seconds.toFixed(1).padStart(6)} s  all of it within ${mostSeconds} s`);
const failed = outcomes.filter(({ error }) => error !== undefined).length + (isLate ? 1 : 0);
const passed = outcomes.length + 1 - failed;
console.log(`\n${passed} passed, ${failed} failed in ${seconds.toFixed(1)} s`);
process.exit(failed === 0 ? 0 : 1);
