import { setTimeout as pause } from 'node:timers/promises';
import type { HealthIndicator } from '#telemetry/health-indicator.js';
import { Logger } from '#telemetry/logger.js';
import { Loop } from './loop.js';

const logger = new Logger('service.attendance');

/** No shorter than a request waits for a connection: what is only busy is not left. */
const patienceMs = 3_000;
/** One may be a connection that PostgreSQL had closed. */
const failuresToLeave = 2;

/** What serves a service's subjects; may stop and begin again. */
interface Attended {
  serve(): void;
  /** Takes nothing new and resolves when what was taken is answered. */
  stop(): Promise<void>;
}

/**
 * Keeps a service in its queue group only while it is ready: when something required has failed twice in a row, requests
 * are left to the other replicas until it is well again.
 */
export class Attendance {
  private readonly required: readonly HealthIndicator[];
  private readonly loop: Loop;
  private failures = 0;
  private isPresent = true;

  /** `service` serves when this is started. */
  constructor(
    indicators: readonly HealthIndicator[],
    private readonly service: Attended,
    intervalMs = 1_000,
  ) {
    this.required = indicators.filter(({ required }) => required);
    this.loop = new Loop('service.attendance', intervalMs, () => this.look());
  }

  start(): void {
    this.loop.start();
  }

  /** Afterwards the service neither leaves nor comes back. */
  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async look(): Promise<void> {
    const down = await this.whatIsDown();
    this.failures = down.length === 0 ? 0 : this.failures + 1;
    if (this.isPresent && this.failures >= failuresToLeave) {
      logger.warn('Not ready: requests are left to the other replicas', { down });
      this.isPresent = false;
      await this.service.stop();
    } else if (!this.isPresent && this.failures === 0) {
      logger.info('Ready again: requests are taken');
      this.isPresent = true;
      this.service.serve();
    }
  }

  private async whatIsDown(): Promise<string[]> {
    const answers = await Promise.all(this.required.map((indicator) => isUp(indicator)));
    return this.required.filter((_, index) => answers[index] !== true).map(({ name }) => name);
  }
}

async function isUp(indicator: HealthIndicator): Promise<boolean> {
  const answer = indicator.check().then(
    ({ state }) => state !== 'down',
    () => false,
  );
  return Promise.race([answer, pause(patienceMs, false, { ref: false })]);
}
