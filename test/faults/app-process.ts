import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { suspend } from '#servers/suspend.js';
import type { ReadyMessage } from '#service/run.js';
import { root } from '../e2e/system.js';

const deathMs = 15_000;

/** One app as a process of its own, over NATS. It ends when this process ends. */
export class AppProcess {
  private output = '';
  private readonly ended: Promise<NodeJS.Signals | number>;

  private constructor(
    private readonly app: string,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output = (this.output + chunk.toString()).slice(-20_000)));
    }
    this.ended = once(child, 'exit').then(([code, signal]) => (signal ?? code) as NodeJS.Signals | number);
  }

  /** `script` is a file of the build. Answers when it serves, with the port where people connect, if it is for them. */
  static async start(
    app: string,
    env: NodeJS.ProcessEnv,
    script = `apps/${app}/src/main.js`,
  ): Promise<{ process: AppProcess; port: number | undefined }> {
    const child = spawn(process.execPath, [join(root, 'dist', script)], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const started = new AppProcess(app, child);
    const ready = once(child, 'message').then(([message]) => message as ReadyMessage);
    const first = await Promise.race([ready, started.ended]);
    if (typeof first === 'object') return { process: started, port: first.port };
    throw new Error(`${app} ended while starting (${first}):\n${started.output}`);
  }

  /** How it ended without having been asked to: the name of a signal or an exit code. */
  async death(): Promise<NodeJS.Signals | number> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${this.app} lives on:\n${this.output}`)), deathMs);
    });
    return Promise.race([this.ended, late]).finally(() => clearTimeout(timer));
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Freezes it: its connections stay open and nothing answers. */
  pause(): void {
    suspend(this.child.pid!);
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}
