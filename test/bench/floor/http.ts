import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Order } from './http-process.js';

/** The floor of everything that goes over HTTP: a bare Fastify that answers POST and GET on `/`. */
export class HttpFloor {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static async start(): Promise<HttpFloor> {
    const child = fork(fileURLToPath(new URL('http-process.js', import.meta.url)));
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new HttpFloor(child, port);
  }

  /** What a GET answers from now on. */
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

export async function withHttpFloor<Result>(work: (floor: HttpFloor) => Promise<Result>): Promise<Result> {
  const floor = await HttpFloor.start();
  try {
    return await work(floor);
  } finally {
    await floor.stop();
  }
}
