/** The load generator as a process of its own: jobs come over the IPC channel, one at a time, and results go back. */
import { closedLoop } from './closed-loop.js';
import { Connection } from './connection.js';
import type { Job, JobResult } from './job.js';
import { openLoop } from './open-loop.js';
import { Tally } from './tally.js';

/** What the process answers to a job. */
export type Answer = { readonly result: JobResult } | { readonly error: string };

async function run(job: Job): Promise<JobResult> {
  const tallies = job.targets.map((target) => new Tally(target));
  // All targets of a job lie on one server.
  const port = job.targets[0]!.port;
  const connections = await Promise.all(Array.from({ length: job.connections }, () => Connection.open(port)));
  const beginMs = performance.now() + job.warmUpSeconds * 1000;
  const endMs = beginMs + job.seconds * 1000;
  let cpuAtBegin = process.cpuUsage();
  let cpu = cpuAtBegin;
  const timers = [
    setTimeout(() => (cpuAtBegin = process.cpuUsage()), job.warmUpSeconds * 1000),
    setTimeout(() => (cpu = process.cpuUsage(cpuAtBegin)), (job.warmUpSeconds + job.seconds) * 1000),
  ];
  try {
    if (job.kind === 'closed') await closedLoop(connections, tallies, beginMs, endMs);
    else await openLoop(connections, tallies, job.perSecond, beginMs, endMs);
  } finally {
    for (const timer of timers) clearTimeout(timer);
    for (const connection of connections) connection.close();
  }
  const generatorCpu = (cpu.user + cpu.system) / (job.seconds * 1_000_000);
  return { seconds: job.seconds, targets: tallies.map((tally) => tally.result()), generatorCpu };
}

process.on('message', (job: Job) => {
  run(job).then(
    (result) => process.send?.({ result } satisfies Answer),
    (error: unknown) => process.send?.({ error: String(error) } satisfies Answer),
  );
});
process.once('disconnect', () => process.exit(0));
