import { Logger } from '#telemetry/logger.js';

/**
 * Places where a fault test lets the process die as if by `kill -9`: between two steps whose order promises something.
 * `FECHATTER_CRASH_AT` names one of them; nothing happens at the others, nor without it.
 */
export class CrashPoints {
  private readonly logger = new Logger('crash');

  constructor(private readonly at: string | undefined) {}

  /** Does not return at the chosen place. */
  reach(name: string): void {
    if (name !== this.at) return;
    this.logger.warn('Crashing as FECHATTER_CRASH_AT demands', { at: name });
    process.kill(process.pid, 'SIGKILL');
  }
}
