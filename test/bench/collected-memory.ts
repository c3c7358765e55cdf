import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Has Node take a debugger on a port of its choice, which it tells on stderr. */
export const inspectable = '--inspect=127.0.0.1:0';

/** The environment of processes whose memory is to be looked at. */
export function inspected(): { NODE_OPTIONS: string } {
  return { NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${inspectable}` };
}

const address = /Debugger listening on (ws:\S+)/g;
const settleMs = 1_000;

/** What a process holds after a full garbage collection, in bytes. */
export interface CollectedMemory {
  /** JavaScript objects and buffers. */
  readonly held: number;
  readonly resident: number;
}

/** Of the process, among those that have written `log`, whose script ends with `script`. */
export async function collectedMemory(log: string, script: string): Promise<CollectedMemory> {
  for (const [, url] of log.matchAll(address)) {
    const socket = new WebSocket(url!);
    // A process that is gone.
    if (
      !(await once(socket, 'open').then(
        () => true,
        () => false,
      ))
    )
      continue;
    try {
      if ((await evaluate<string>(socket, 'process.argv[1]')).endsWith(script)) return await collect(socket);
    } finally {
      socket.terminate();
    }
  }
  throw new Error(`No process runs ${script}`);
}

async function collect(socket: WebSocket): Promise<CollectedMemory> {
  for (let time = 0; time < 2; time++) {
    await post(socket, 'HeapProfiler.collectGarbage');
    await new Promise((resolve) => setTimeout(resolve, settleMs));
  }
  const usage = JSON.parse(
    await evaluate<string>(socket, 'JSON.stringify(process.memoryUsage())'),
  ) as NodeJS.MemoryUsage;
  return { held: usage.heapUsed + usage.external, resident: usage.rss };
}

async function evaluate<Value>(socket: WebSocket, expression: string): Promise<Value> {
  const { result } = await post<{ result: { value: Value } }>(socket, 'Runtime.evaluate', { expression });
  return result.value;
}

/** One at a time. */
async function post<Result>(socket: WebSocket, method: string, params: object = {}): Promise<Result> {
  const answered = once(socket, 'message') as Promise<[Buffer]>;
  socket.send(JSON.stringify({ id: 1, method, params }));
  return (JSON.parse((await answered)[0].toString('utf8')) as { result: Result }).result;
}
