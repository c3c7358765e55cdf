import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import type { HealthIndicator } from '#telemetry/health-indicator.js';
import { checkMs, Probes } from './probes.js';

/** The three probes of Kubernetes. Live never looks at a dependency. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly probes: Probes,
    private readonly health: HealthCheckService,
    private readonly indicator: HealthIndicatorService,
  ) {}

  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** 200 once the schema of the database has every migration that this build knows. */
  @Get('startup')
  async startup(): Promise<HealthCheckResult> {
    return this.health.check(
      this.probes.indicators
        .filter((indicator) => indicator.isCurrent !== undefined)
        .map((indicator) => () => this.askSchema(indicator)),
    );
  }

  /** 503 while stopping and while something required is down. */
  @Get('ready')
  async ready(): Promise<HealthCheckResult> {
    if (this.probes.isStopping) throw new ServiceUnavailableException({ status: 'shutting_down' });
    return this.health.check(this.probes.indicators.map((indicator) => () => this.ask(indicator)));
  }

  private askSchema(indicator: HealthIndicator) {
    return this.indicator
      .check(indicator.name)
      .attempt(async () => {
        if ((await indicator.isCurrent?.()) !== true) throw new Error('The schema is behind: run `npm run migrate`');
      })
      .withTimeout(checkMs);
  }

  private async ask(indicator: HealthIndicator) {
    const session = this.indicator.check(indicator.name);
    const result = await session
      .attempt(async () => {
        const { state, details } = await indicator.check();
        if (state !== 'up') throw new Error(state);
        return details ?? {};
      })
      .withTimeout(checkMs);
    const isDown = result[indicator.name]?.status === 'down';
    return isDown && !indicator.required ? session.degraded() : result;
  }
}
