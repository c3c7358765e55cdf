import { mkdirSync, realpathSync } from 'node:fs';
import { onFreePort } from './free-port.js';
import { ServerError } from './server-error.js';
import { ServerProcess } from './server-process.js';
import { findServerProgram, type FindOptions, type ServerProgram } from './server-program.js';

/** Options of `startNats`, `startRedis` and `startPrometheus`. */
export interface SystemServerOptions extends FindOptions {
  /** Folder of this server alone; made when it is missing. */
  readonly dir: string;
  /** Default: a free one. */
  readonly port?: number;
}

/** A server that comes from the system's packages, one of our own on 127.0.0.1. It ends when this process ends. */
export interface SystemServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the server has ended, with a few words on how. Never rejects. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
  /** `kill -9`, for tests. */
  kill(): Promise<void>;
  /** Freezes it: its connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
}

/** What differs between them. */
export interface SystemServerKind {
  readonly title: string;
  readonly scheme: string;
  readonly program: ServerProgram;
  readonly ready: RegExp;
  /** Variables of its environment beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  arguments(port: number, dir: string): readonly string[];
  /** Whether the server that answers on the port is the one that was started. */
  isOurs(port: number, pid: number, dir: string): Promise<boolean>;
}

const startMs = 20_000;

/** Finds the program, starts it, waits until it takes connections and makes sure that it is ours. */
export async function startSystemServer(kind: SystemServerKind, options: SystemServerOptions): Promise<SystemServer> {
  mkdirSync(options.dir, { recursive: true });
  const dir = realpathSync(options.dir);
  const program = await findServerProgram(kind.program, options);
  const variables = Object.entries(kind.environment ?? {}).map(([name, value]) => `${name}=${value}`);
  return await onFreePort(options.port, async (port) => {
    const server = await ServerProcess.spawn({
      command: ['env', ...variables, ...program, ...kind.arguments(port, dir)],
      cwd: dir,
      stopSignal: 'SIGTERM',
      forceSignal: 'SIGKILL',
      onLine: options.log,
    });
    if (!(await server.sawLine(kind.ready, startMs))) {
      await server.kill();
      if (/address already in use/i.test(server.output))
        throw new ServerError('port_in_use', `${kind.title} cannot listen on port ${port}: another program does.`);
      throw new ServerError('failed', `${kind.title} did not start (${await server.exited}):\n${server.output}`);
    }
    if (!(await kind.isOurs(port, server.pid, dir))) {
      await server.kill();
      throw new ServerError('failed', `The server on port ${port} is not the ${kind.title} that was started.`);
    }
    return {
      url: `${kind.scheme}://127.0.0.1:${port}`,
      port,
      pid: server.pid,
      exited: server.exited,
      stop: () => server.stop(),
      kill: () => server.kill(),
      pause: () => server.pause(),
      resume: () => server.resume(),
    };
  });
}
