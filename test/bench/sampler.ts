import { setTimeout as pause } from 'node:timers/promises';

/** Looks again and again, until `stop`, which answers everything that was seen. Throws when a look failed. */
export class Sampler<Value> {
  private readonly seen: (readonly [seconds: number, value: Value])[] = [];
  private stopped = false;
  private readonly running: Promise<void>;

  constructor(everyMs: number, look: () => Promise<Value>) {
    this.running = this.run(everyMs, look);
    // Whoever stops it hears.
    this.running.catch(() => undefined);
  }

  async stop(): Promise<readonly (readonly [seconds: number, value: Value])[]> {
    this.stopped = true;
    await this.running;
    return this.seen;
  }

  private async run(everyMs: number, look: () => Promise<Value>): Promise<void> {
    const startedMs = performance.now();
    while (!this.stopped) {
      const seconds = (performance.now() - startedMs) / 1000;
      this.seen.push([seconds, await look()]);
      await pause(everyMs);
    }
  }
}
