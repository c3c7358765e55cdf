import { Logger } from '#telemetry/logger.js';
import { onBehalfOf } from '#telemetry/tracing.js';

/**
 * Work that repeats in the background. Runs never overlap, an error is logged and the next run comes anyway, pauses
 * are spread by ±10 % so that replicas do not move in step.
 */
export class Loop {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private state: 'idle' | 'started' | 'stopped' = 'idle';

  constructor(
    name: string,
    private readonly intervalMs: number,
    private readonly work: () => Promise<void>,
  ) {
    this.logger = new Logger(name);
  }

  /** Begins with a first run at once. */
  start(): void {
    this.state = 'started';
    this.trigger();
  }

  /** Runs as soon as may be: now, or right after the run in progress. */
  trigger(): void {
    if (this.state !== 'started') return;
    if (this.running !== undefined) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    // Whoever triggers may be in the middle of a request: its caller, deadline and trace are not ours.
    this.running = onBehalfOf([], () => this.run());
  }

  /** Waits for the run in progress; none begins afterwards. */
  async stop(): Promise<void> {
    this.state = 'stopped';
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    try {
      await this.work();
    } catch (error) {
      // While everything ends, the services that a run asks may have gone before.
      if (this.state === 'stopped') this.logger.debug('A background run was cut short by the stop');
      else this.logger.error('A background run failed; the next one follows', error);
    }
    this.running = undefined;
    if (this.state !== 'started') return;
    if (this.again) {
      this.again = false;
      this.trigger();
      return;
    }
    this.timer = setTimeout(() => this.trigger(), this.intervalMs * (0.9 + Math.random() * 0.2));
  }
}
