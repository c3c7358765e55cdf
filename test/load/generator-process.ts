/** The load generator as a process of its own: jobs come over the IPC channel, one at a time, and results go back. */
import { closedLoop } from './closed-loop.js';
import { Connection } from './connection.js';
import { measureDelivery, measureEcho } from './delivery.js';
import type { ClosedLoop, Job, JobResult, OpenLoop } from './job.js';
import { Lane } from './lane.js';
import { openLoop } from './open-loop.js';
import type { Tally } from './tally.js';

/** What the process answers to a job. */
export type Answer = { readonly result: JobResult } | { readonly error: string };

async function run(job: Job): Promise<JobResult> {
  const beginMs = performance.now() + job.warmUpSeconds * 1000;
  const endMs = beginMs + job.seconds * 1000;
  let cpuAtBegin = process.cpuUsage();
  const warm = setTimeout(() => (cpuAtBegin = process.cpuUsage()), job.warmUpSeconds * 1000);
  try {
    const tallies = await measure(job, beginMs, endMs);
    const { user, system } = process.cpuUsage(cpuAtBegin);
    const measuredMs = performance.now() - beginMs;
    const targets = tallies.map((tally) => tally.result());
    return { seconds: job.seconds, targets, generatorCpu: (user + system) / 1000 / measuredMs };
  } finally {
    clearTimeout(warm);
  }
}

async function measure(job: Job, beginMs: number, endMs: number): Promise<Tally[]> {
  switch (job.kind) {
    case 'delivery':
      return measureDelivery(job, beginMs, endMs);
    case 'echo':
      return measureEcho(job, beginMs, endMs);
    default:
      return measureLoops(job, beginMs, endMs);
  }
}

/** A loop for each port. */
async function measureLoops(job: ClosedLoop | OpenLoop, beginMs: number, endMs: number): Promise<Tally[]> {
  const lanes = job.targets.map((target) => new Lane(target));
  const opened: Connection[] = [];
  try {
    const loops = [...new Set(job.targets.map(({ port }) => port))].map(async (port) => {
      const connections = await Promise.all(Array.from({ length: job.connections }, () => Connection.open(port)));
      opened.push(...connections);
      const own = lanes.filter(({ target }) => target.port === port);
      if (job.kind === 'closed') await closedLoop(connections, own, beginMs, endMs);
      else await openLoop(connections, own, job.perSecond, beginMs, endMs);
    });
    await Promise.all(loops);
  } finally {
    for (const connection of opened) connection.close();
  }
  return lanes.map(({ tally }) => tally);
}

process.on('message', (job: Job) => {
  run(job).then(
    (result) => process.send?.({ result } satisfies Answer),
    (error: unknown) => process.send?.({ error: String(error) } satisfies Answer),
  );
});
process.once('disconnect', () => process.exit(0));
