import { parseArgs } from 'node:util';
import { Progress } from '../../../apps/cli/progress.js';
import { runDrops } from './drops.js';
import { Stage } from './stage.js';
import { faultsOf, figuresOf } from './verdict.js';

const usage = `npm run test:drops [-- --seconds 60] [--clients 30] [--broken resume|comparison]

The drop test: two gateways and three message services over a NATS whose events are lost, doubled and overtaken;
clients over WebSocket and SSE, each cut off for two seconds again and again and moved between the gateways, while they
send, edit, delete, react, join and leave. Afterwards every client must have applied every entry of its stays in every
chat exactly once, in order, and must show what a fresh read shows. SEED=1 in the environment chooses another run.
--broken starts gateways with a bug, and then succeeds when the test has found it.`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    clients: { type: 'string', default: '30' },
    broken: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}

const seed = Number(process.env.SEED ?? 42);
console.log(`Drop test: ${values.clients} clients, ${values.seconds} s, SEED=${seed}`);
const stage = await Stage.build();
const progress = new Progress('entries received');
let last = 0;
const report = await runDrops(stage, {
  ...{ seed, seconds: Number(values.seconds), clients: Number(values.clients), chats: 6, broken: values.broken },
  onProgress: (fraction, received) => progress.show(fraction, (last = received)),
});
progress.show(1, last, true);
await stage.close();
const faults = faultsOf(report);
console.log(`\n${figuresOf(report)}\n`);
for (const fault of faults) console.log(`FAULT  ${fault}`);
const isFound = faults.length > 0;
console.log(
  isFound ? `Faults were found. Again with SEED=${seed}.` : 'Everything was delivered exactly once, in order.',
);
process.exit(isFound === (values.broken !== undefined) ? 0 : 1);
