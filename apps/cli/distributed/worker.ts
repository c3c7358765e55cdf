import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const restartPauseMs = 500;

/** One app as a child process. It is started again when it dies, until it is told to stop. */
export class Worker {
  private child: ChildProcess;
  private stopping = false;
  private ended: Promise<unknown>;
  private markReady: () => void = () => undefined;
  /** Resolves when the process has said for the first time that it is ready. */
  readonly ready: Promise<void>;

  constructor(
    readonly name: string,
    private readonly script: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {
    this.ready = new Promise((resolve) => (this.markReady = resolve));
    this.child = this.start();
    this.ended = once(this.child, 'exit');
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Asks it to finish what it has, and waits for its end. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.child.kill('SIGTERM');
    await this.ended;
  }

  private start(): ChildProcess {
    const child = spawn(process.execPath, ['--enable-source-maps', this.script], {
      env: { ...process.env, ...this.env },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    child.stdout?.pipe(process.stdout, { end: false });
    child.on('message', (message) => {
      if (message === 'ready') this.markReady();
    });
    child.on('exit', () => {
      if (this.stopping) return;
      process.stderr.write(`${this.name} ended by itself and is started again\n`);
      setTimeout(() => {
        if (this.stopping) return;
        this.child = this.start();
        this.ended = once(this.child, 'exit');
      }, restartPauseMs);
    });
    return child;
  }
}
