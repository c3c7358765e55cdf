import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { collectedMemory, inspectable, type CollectedMemory } from '../collected-memory.js';
import type { Order } from './http-process.js';

/**
 * `http` is a bare Fastify that answers POST and GET on `/`; the others are bare WebSocket servers. `echo` sends texts
 * back, `broadcast` answers each with the same bytes to all, `commit` stores it first, in the PostgreSQL of the argument.
 */
type FloorKind = 'http' | 'echo' | 'broadcast' | 'commit';

/** A bare server as a process of its own. */
export class Floor {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
    private readonly script: string,
    private readonly log: () => string,
  ) {}

  static async start(kind: FloorKind, args: readonly string[]): Promise<Floor> {
    const script = fileURLToPath(new URL(`${kind}-process.js`, import.meta.url));
    const child = fork(script, args, { execArgv: [inspectable], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    let log = '';
    child.stderr!.on('data', (text: Buffer) => (log += text.toString('utf8')));
    const ended = once(child, 'exit').then(() => Promise.reject(new Error(`A bare server ended: ${log}`)));
    const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }];
    ended.catch(() => undefined);
    return new Floor(child, port, script, () => log);
  }

  collectedMemory(): Promise<CollectedMemory> {
    return collectedMemory(this.log(), this.script);
  }

  /** What the server answers from now on: to a GET over HTTP, or to a message over a WebSocket. */
  async serve(page: string): Promise<void> {
    this.child.send({ page } satisfies Order);
    await once(this.child, 'message');
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }
}

export async function withFloor<Result>(
  kind: FloorKind,
  work: (floor: Floor) => Promise<Result>,
  args: readonly string[] = [],
): Promise<Result> {
  const floor = await Floor.start(kind, args);
  try {
    return await work(floor);
  } finally {
    await floor.stop();
  }
}
