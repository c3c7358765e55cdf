import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { suspend } from './suspend.js';

export interface ServerCommand {
  /** Program and arguments; prefixes such as `unshare … --` and `env X=y` must replace themselves by exec. */
  readonly command: readonly string[];
  readonly cwd: string;
  /** Asks the server to end in good order; it is also what the server gets when this process dies by `kill -9`. */
  readonly stopSignal: 'SIGINT' | 'SIGTERM';
  /** Sent when the server has not ended some time after the stop signal. */
  readonly forceSignal: 'SIGQUIT' | 'SIGKILL';
  readonly uid?: number;
  readonly gid?: number;
  readonly onLine?: ((line: string) => void) | undefined;
}

const linesKept = 50;
const stopMs = 30_000;
const running = new Set<ServerProcess>();
let deathSignalWorks: boolean | undefined;
let stopsAtExit = false;

/** A server that runs as a child of this process and does not outlive it (on Linux not even its `kill -9`). */
export class ServerProcess {
  readonly pid: number;
  /** Resolves when the process has ended, with a few words on how: `exit code 1`, `signal SIGKILL`. Never rejects. */
  readonly exited: Promise<string>;
  readonly #child: ChildProcess;
  readonly #forceSignal: NodeJS.Signals;
  readonly #stopSignal: NodeJS.Signals;
  readonly #lines: string[] = [];
  readonly #watchers = new Set<(line: string) => void>();
  #ended = false;

  private constructor(child: ChildProcess, pid: number, command: ServerCommand) {
    this.pid = pid;
    this.#child = child;
    this.#stopSignal = command.stopSignal;
    this.#forceSignal = command.forceSignal;
    this.exited = new Promise((resolve) => {
      // `close` comes after the last line of output.
      child.once('close', (code, signal) => {
        this.#ended = true;
        running.delete(this);
        resolve(signal ? `signal ${signal}` : `exit code ${code}`);
      });
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream! }).on('line', (line) => {
        this.#lines.push(line);
        if (this.#lines.length > linesKept) this.#lines.shift();
        for (const watch of this.#watchers) watch(line);
        command.onLine?.(line);
      });
    }
  }

  /** Starts it. It gets a session of its own, so that Ctrl-C in the terminal reaches its owner only, who stops it in order. */
  static async spawn(command: ServerCommand): Promise<ServerProcess> {
    const [program, ...args] = [...deathSignalPrefix(command.stopSignal), ...command.command];
    const { cwd, uid, gid } = command;
    const child = spawn(program!, args, {
      cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    const server = new ServerProcess(child, child.pid!, command);
    running.add(server);
    if (!stopsAtExit) process.once('exit', signalAll);
    stopsAtExit = true;
    return server;
  }

  /** The last lines that the server wrote, for the message of an error. */
  get output(): string {
    return this.#lines.join('\n');
  }

  /** Waits for a line of output. False when the process ended first or the time is over. */
  async sawLine(pattern: RegExp, timeoutMs: number): Promise<boolean> {
    if (this.#lines.some((line) => pattern.test(line))) return true;
    return await new Promise<boolean>((resolve) => {
      const settle = (seen: boolean): void => {
        clearTimeout(timer);
        this.#watchers.delete(watch);
        resolve(seen);
      };
      const watch = (line: string): void => {
        if (pattern.test(line)) settle(true);
      };
      const timer = setTimeout(() => settle(false), timeoutMs);
      this.#watchers.add(watch);
      void this.exited.then(() => settle(false));
    });
  }

  /** Asks it to end, without waiting. */
  askToStop(): void {
    this.#child.kill('SIGCONT');
    this.#child.kill(this.#stopSignal);
  }

  /** Ends it in good order; by force when it has not ended after 30 seconds. */
  async stop(): Promise<void> {
    if (this.#ended) return;
    this.askToStop();
    const force = setTimeout(() => this.#child.kill(this.#forceSignal), stopMs);
    const end = setTimeout(() => this.#child.kill('SIGKILL'), stopMs + 5_000);
    await this.exited;
    clearTimeout(force);
    clearTimeout(end);
  }

  /** `kill -9`: what a crash looks like. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  /** Freezes it: connections stay open and nothing answers. */
  pause(): void {
    suspend(this.pid);
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }
}

function deathSignalPrefix(signal: string): string[] {
  deathSignalWorks ??=
    process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig', 'TERM', '--', 'true']).status === 0;
  return deathSignalWorks ? ['setpriv', '--pdeathsig', signal.replace('SIG', ''), '--'] : [];
}

function signalAll(): void {
  for (const server of running) server.askToStop();
}
