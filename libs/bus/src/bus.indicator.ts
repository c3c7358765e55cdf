import type { HealthIndicator, HealthReport } from '#telemetry/health-indicator.js';
import type { Bus } from './bus.js';

/** Up while the bus can carry requests. */
export class BusIndicator implements HealthIndicator {
  readonly name = 'bus';
  readonly required = true;

  constructor(private readonly bus: Bus) {}

  async check(): Promise<HealthReport> {
    const { healthy, reason } = this.bus.status();
    return { state: healthy ? 'up' : 'down', ...(reason === undefined ? {} : { details: { reason } }) };
  }
}
