import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { RestartLimit } from '#service/restart-limit.js';
import type { ReadyMessage } from '#service/run.js';
import { StartError } from '#service/start-error.js';
import { describeError } from '../describe-error.js';

/** A larger young generation (README, Decisions). */
const nodeFlags = ['--enable-source-maps', '--max-semi-space-size=32'];

/** Longer than an app takes to finish its work or to give up. */
const stopLimitMs = 35_000;

/**
 * One app as a child process. Once it has been ready it is started again when it dies, until it is stopped or keeps
 * dying. It has a session of its own: Ctrl-C reaches the launcher alone, which stops everything in order.
 */
export class Worker {
  private readonly limit = new RestartLimit();
  private readonly stopping = new AbortController();
  private child: ChildProcess | undefined;
  private port: number | undefined;
  private isReady = false;
  private readonly ended: Promise<void>;
  /** Resolves when it serves, with the port where people connect; rejects when it ends before. */
  readonly ready: Promise<number | undefined>;

  constructor(
    readonly name: string,
    private readonly script: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly onGone: (reason: string) => void,
  ) {
    const { promise, resolve, reject } = newPromise<number | undefined>();
    this.ready = promise;
    this.ended = this.run(resolve, reject);
  }

  /** Asks it to finish what it has, and waits for its end. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.child?.kill('SIGTERM');
    const force = setTimeout(() => this.child?.kill('SIGKILL'), stopLimitMs);
    await this.ended;
    clearTimeout(force);
  }

  private async run(onReady: (port?: number) => void, onFailed: (error: StartError) => void): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const how = await this.runOnce(onReady);
      if (signal.aborted) return;
      if (!this.isReady)
        return onFailed(new StartError(`${this.name} did not start (${how}). What it said stands above.`));
      const wait = this.limit.next();
      if (wait === undefined) return this.onGone(`${this.name} keeps dying: it was started again five times.`);
      process.stderr.write(`${this.name} ended by itself (${how}) and is started again\n`);
      await pause(wait, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Answers how the process ended. */
  private async runOnce(onReady: (port?: number) => void): Promise<string> {
    // A gateway that got a free port keeps it.
    const port = this.port === undefined ? {} : { PORT: String(this.port) };
    this.child = spawn(process.execPath, [...nodeFlags, this.script], {
      env: { ...this.env, ...port },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    });
    this.child.on('message', (message: ReadyMessage) => {
      this.port = message.port;
      this.isReady = true;
      onReady(message.port);
    });
    try {
      const [code, signal] = (await once(this.child, 'exit')) as [number | null, NodeJS.Signals | null];
      return signal ?? `exit code ${code}`;
    } catch (error) {
      return describeError(error);
    }
  }
}

function newPromise<Value>() {
  let resolve!: (value: Value) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<Value>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
