import type { HealthIndicator } from '#telemetry/health-indicator.js';

/** A dependency that does not say in this time how it is, is down. */
export const checkMs = 1_000;

/** The state of this process that probes answer from. */
export class Probes {
  private stopping = false;

  constructor(
    readonly indicators: readonly HealthIndicator[],
    readonly version: string,
  ) {}

  get isStopping(): boolean {
    return this.stopping;
  }

  /** From now on the process is not ready: it finishes what it has and takes nothing new. */
  stop(): void {
    this.stopping = true;
  }
}
