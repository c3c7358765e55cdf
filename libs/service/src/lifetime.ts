import { Logger } from '#telemetry/logger.js';
import { isForThePerson } from './start-error.js';

const logger = new Logger('process');
/** npm passes a terminal's Ctrl-C on, so the process gets it twice; a person who insists is slower. */
const insistsAfterMs = 1_000;
/** Without its launcher a process has nobody who waits for it, and soon no servers to finish its work with. */
const orphanLimitMs = 5_000;

/** From the start of a process to its end: what it has opened is closed in the opposite order. */
export class Lifetime {
  private readonly closers: (() => Promise<void>)[] = [];
  private endingSince: number | undefined;

  constructor(private readonly limitMs: number) {}

  /** Whether the end has begun. */
  get isEnding(): boolean {
    return this.endingSince !== undefined;
  }

  /** What the end has to close; the latest first. */
  onEnd(close: () => Promise<void>): void {
    this.closers.push(close);
  }

  /** Closes everything and leaves with `code`, or at once with 1 when it takes longer than the limit. */
  end(code: number, limitMs = this.limitMs): void {
    if (this.endingSince !== undefined) return;
    this.endingSince = performance.now();
    setTimeout(() => process.exit(1), limitMs).unref();
    void this.close().then((orderly) => process.exit(orderly ? code : 1));
  }

  /** A person's wish to end; the second one, or the wish of somebody who waits too long, ends it at once. */
  interrupt(signal: NodeJS.Signals): void {
    if (this.endingSince !== undefined) {
      if (performance.now() - this.endingSince > insistsAfterMs) process.exit(1);
      return;
    }
    // A process of a launcher leaves this to it.
    if (process.stderr.isTTY && !process.connected) process.stderr.write('\nStopping …\n');
    logger.info('Stopping', { signal });
    this.end(0);
  }

  /** Ends because the work cannot go on. */
  fail(reason: string): void {
    if (this.isEnding) return;
    process.stderr.write(`\n${reason}\n\n`);
    this.end(1);
  }

  /** Ends because the process that started this one is gone. */
  orphan(): void {
    this.end(0, orphanLimitMs);
  }

  private async close(): Promise<boolean> {
    let orderly = true;
    for (let close = this.closers.pop(); close !== undefined; close = this.closers.pop()) {
      try {
        await close();
      } catch (error) {
        orderly = false;
        logger.error('The stop was not orderly', error);
      }
    }
    return orderly;
  }
}

/**
 * Runs a process: `start` opens what is needed and returns; SIGTERM, Ctrl-C or the death of a launcher (the other
 * end of the IPC channel) end it in order with 0. A start that fails says why and ends it with 1.
 */
export async function runUntilEnd(
  start: (lifetime: Lifetime) => Promise<void>,
  { limitMs = 30_000 }: { limitMs?: number } = {},
): Promise<void> {
  const lifetime = new Lifetime(limitMs);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => lifetime.interrupt(signal));
  process.once('disconnect', () => lifetime.orphan());
  if (process.connected === false) return lifetime.orphan();
  try {
    await start(lifetime);
  } catch (error) {
    // What an interrupted start runs into is no news.
    if (lifetime.isEnding) return;
    if (isForThePerson(error)) return lifetime.fail(error.message);
    logger.error('The start failed', error);
    lifetime.end(1);
  }
}
