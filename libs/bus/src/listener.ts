import type { Event } from '#contracts/contract.js';
import { Logger } from '#telemetry/logger.js';
import type { EventHandler } from './bus.js';
import { droppedEvents, failedEvents } from './bus.metrics.js';

const logger = new Logger('bus.listener');
const mostPending = 1_000;

/** A handler of events that may fail or be slow without harm to the rest of the process. */
export class Listener {
  private pending = 0;
  private overflowing = false;

  constructor(
    private readonly event: Event,
    private readonly handler: EventHandler<Event>,
  ) {}

  /** Runs the handler. Never throws. */
  hear(payload: () => unknown): void {
    if (this.pending >= mostPending) {
      this.drop();
      return;
    }
    try {
      const run = this.handler(payload());
      if (run instanceof Promise) void this.follow(run);
    } catch (error) {
      this.failed(error);
    }
  }

  private async follow(run: Promise<void>): Promise<void> {
    this.pending++;
    try {
      await run;
    } catch (error) {
      this.failed(error);
    } finally {
      this.pending--;
      if (this.pending === 0) this.overflowing = false;
    }
  }

  private failed(error: unknown): void {
    failedEvents.inc({ event: this.event.subject });
    logger.error('A listener failed', error, { event: this.event.subject });
  }

  private drop(): void {
    droppedEvents.inc({ event: this.event.subject, reason: 'slow' });
    if (this.overflowing) return;
    this.overflowing = true;
    logger.warn('A listener does not keep up: events are dropped', { event: this.event.subject });
  }
}
