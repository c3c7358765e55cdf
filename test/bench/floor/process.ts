import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Order } from './http-process.js';

/** A bare server as a process of its own. */
export class Floor {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static async start(kind: 'http' | 'echo'): Promise<Floor> {
    const child = fork(fileURLToPath(new URL(`${kind}-process.js`, import.meta.url)));
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new Floor(child, port);
  }

  /** What a GET to the HTTP server answers from now on. */
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

/** `http` is a bare Fastify that answers POST and GET on `/`, `echo` a bare WebSocket server that sends texts back. */
export async function withFloor<Result>(
  kind: 'http' | 'echo',
  work: (floor: Floor) => Promise<Result>,
): Promise<Result> {
  const floor = await Floor.start(kind);
  try {
    return await work(floor);
  } finally {
    await floor.stop();
  }
}
