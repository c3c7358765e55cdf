import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Generator } from '../../load/generator.js';
import type { Job, JobResult } from '../../load/job.js';
import type { Found, Present } from './found.js';

const writtenMs = 60_000;

/** A load generator that has the server profile itself while it is loaded. What is found of the last load is kept. */
export class ProfiledGenerator {
  found: readonly Found[] = [];
  /** What the last load was. */
  load = '';

  /** `folder` is where the agents write. */
  constructor(
    private readonly generator: Generator,
    private readonly folder: string,
  ) {}

  run(job: Job): Promise<JobResult> {
    const [ports, load] =
      'targets' in job
        ? [job.targets.map(({ port }) => port), job.targets.map(({ name }) => name).join(', ')]
        : [[job.port], job.kind];
    return this.profiled(ports, load, job.warmUpSeconds, () => this.generator.run(job));
  }

  during<Result>(port: number, load: string, work: () => Promise<Result>): Promise<Result> {
    return this.profiled([port], load, 0, work);
  }

  stop(): Promise<void> {
    return this.generator.stop();
  }

  private async profiled<Result>(
    ports: readonly number[],
    load: string,
    warmUpSeconds: number,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const processes = this.processesBehind(ports);
    if (processes.length === 0) return work();
    for (const { pid } of processes) rmSync(this.fileOf(pid), { force: true });
    const timer = setTimeout(() => signal(processes), warmUpSeconds * 1000);
    try {
      const result = await work();
      signal(processes);
      this.found = await Promise.all(processes.map(({ pid }) => this.read(pid)));
      this.load = load;
      return result;
    } finally {
      clearTimeout(timer);
    }
  }

  /** All processes of the server that has one of the ports; none when it is another server. */
  private processesBehind(ports: readonly number[]): Present[] {
    const files = readdirSync(this.folder).filter((name) => name.endsWith('.present.json'));
    const present = files.map((name) => JSON.parse(readFileSync(join(this.folder, name), 'utf8')) as Present);
    const alive = present.filter(({ pid }) => isAlive(pid));
    return alive.some(({ port }) => ports.includes(port)) ? alive : [];
  }

  private async read(pid: number): Promise<Found> {
    for (const deadline = Date.now() + writtenMs; Date.now() < deadline; await pause(50)) {
      try {
        return JSON.parse(readFileSync(this.fileOf(pid), 'utf8')) as Found;
      } catch {
        // Not yet written.
      }
    }
    throw new Error(`Process ${pid} did not write its profile`);
  }

  private fileOf(pid: number): string {
    return join(this.folder, `${pid}.found.json`);
  }
}

function signal(processes: readonly Present[]): void {
  for (const { pid } of processes) process.kill(pid, 'SIGUSR2');
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
