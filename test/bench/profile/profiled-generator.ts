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

  async run(job: Job): Promise<JobResult> {
    const processes = this.processesBehind(job);
    if (processes.length === 0) return this.generator.run(job);
    for (const { pid } of processes) rmSync(this.fileOf(pid), { force: true });
    const timer = setTimeout(() => signal(processes), job.warmUpSeconds * 1000);
    try {
      const result = await this.generator.run(job);
      signal(processes);
      this.found = await Promise.all(processes.map(({ pid }) => this.read(pid)));
      this.load = 'targets' in job ? job.targets.map(({ name }) => name).join(', ') : job.kind;
      return result;
    } finally {
      clearTimeout(timer);
    }
  }

  stop(): Promise<void> {
    return this.generator.stop();
  }

  /** All processes of the server whose port the job loads; none when it loads something else. */
  private processesBehind(job: Job): Present[] {
    const ports = 'targets' in job ? job.targets.map(({ port }) => port) : [job.port];
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
