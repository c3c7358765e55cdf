import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answer } from './generator-process.js';
import type { Job, JobResult, TargetResult } from './job.js';

/** The load generator, seen from the process that wants load. It must not share a process with what it measures. */
export class Generator {
  private readonly ended: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.ended = once(child, 'exit');
  }

  static start(): Generator {
    const script = fileURLToPath(new URL('generator-process.js', import.meta.url));
    return new Generator(fork(script, [], { serialization: 'advanced' }));
  }

  /** Runs a job to its end. Throws when any request failed: a fast error is no figure. */
  async run(job: Job): Promise<JobResult> {
    const answered = new Promise<Answer>((resolve) => this.child.once('message', resolve));
    const ended = this.ended.then(() => ({ error: 'The load generator ended' }));
    this.child.send(job);
    const answer = await Promise.race([answered, ended]);
    if ('error' in answer) throw new Error(`The load could not be made: ${answer.error}`);
    for (const target of answer.result.targets) ensureAllWell(target);
    return answer.result;
  }

  /** Load that another process makes, on the server with this port. */
  during<Result>(_port: number, _load: string, work: () => Promise<Result>): Promise<Result> {
    return work();
  }

  async stop(): Promise<void> {
    if (this.child.connected) this.child.disconnect();
    await this.ended;
  }
}

function ensureAllWell({ name, answered, failed, firstFailures }: TargetResult): void {
  if (failed > 0) throw new Error(`${failed} requests of "${name}" failed: ${firstFailures.join(' | ')}`);
  if (answered === 0) throw new Error(`No request of "${name}" was answered`);
}
