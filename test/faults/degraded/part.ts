import type { FaultProxy } from '../network/fault-proxy.js';

/** Each way. */
const slowMs = 50;

/** What can be ended and frozen. */
export interface Process {
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** How something may be away: dead, frozen with its connections open, or far off. */
export type Way = 'stopped' | 'paused' | 'slow';

/** A process that the server is made of or built on, and that can be taken away. */
export class Part {
  private isGone = false;

  constructor(
    private process: Process,
    private readonly startAgain: () => Promise<Process>,
    /** By which others reach it, or it reaches them. */
    private readonly networks: readonly FaultProxy[],
  ) {}

  /** Does the work while the part is away, and brings it back. */
  async whileIs<Result>(way: Way, work: () => Promise<Result>): Promise<Result> {
    await this.take(way);
    try {
      return await work();
    } finally {
      await this.bringBack();
    }
  }

  async take(way: Way): Promise<void> {
    if (way === 'paused') this.process.pause();
    if (way === 'slow') this.delay(slowMs);
    if (way !== 'stopped') return;
    await this.process.kill();
    this.isGone = true;
  }

  async bringBack(): Promise<void> {
    this.delay(0);
    if (this.isGone) this.process = await this.startAgain();
    else this.process.resume();
    this.isGone = false;
  }

  /** Ends it in good order, and starts it anew. */
  async restart(): Promise<void> {
    await this.stop();
    this.process = await this.startAgain();
  }

  async stop(): Promise<void> {
    await this.process.stop();
  }

  private delay(ms: number): void {
    for (const network of this.networks) network.latencyMs = ms;
  }
}
