import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answer, Opening, Order, Results } from './orders.js';

/** A crowd of sockets, seen from the process that has it do something. It has a process, and file descriptors, of its own. */
export class Crowd {
  private readonly ended: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.ended = once(child, 'exit');
  }

  static async open(opening: Omit<Opening, 'kind'>): Promise<Crowd> {
    const script = fileURLToPath(new URL('crowd-process.js', import.meta.url));
    const crowd = new Crowd(fork(script, [], { serialization: 'advanced' }));
    await crowd.ask({ kind: 'open', ...opening });
    return crowd;
  }

  /** Throws when anything went wrong. */
  async ask<Kind extends keyof Results>(order: Order & { kind: Kind }): Promise<Results[Kind]> {
    const answered = new Promise<Answer>((resolve) => this.child.once('message', resolve));
    const ended = this.ended.then(() => ({ error: 'The crowd ended' }));
    this.child.send(order);
    const answer = await Promise.race([answered, ended]);
    if ('error' in answer) throw new Error(`The crowd failed: ${answer.error}`);
    return answer.result as Results[Kind];
  }

  async close(): Promise<void> {
    if (this.child.connected) this.child.disconnect();
    await this.ended;
  }
}

/** Opens a crowd, does the work with it, and ends it whatever happens. */
export async function withCrowd<Result>(
  opening: Omit<Opening, 'kind'>,
  work: (crowd: Crowd) => Promise<Result>,
): Promise<Result> {
  const crowd = await Crowd.open(opening);
  try {
    return await work(crowd);
  } finally {
    await crowd.close();
  }
}
