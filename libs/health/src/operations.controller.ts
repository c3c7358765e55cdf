import { Controller, Get } from '@nestjs/common';
import { Logger } from '#telemetry/logger.js';
import { checkMs, Probes } from './probes.js';

const logger = new Logger('health');

interface DependencyView {
  name: string;
  state: string;
  required: boolean;
  latency_ms: number;
  details?: Record<string, unknown>;
  /** Why it is down, where it did not say so itself. */
  reason?: string;
}

/** What operators read; only ever on the health port. */
@Controller()
export class OperationsController {
  constructor(private readonly probes: Probes) {}

  /** Every dependency with its state and latency, and the figures of the pools. */
  @Get('admin/production/health')
  async health(): Promise<object> {
    const dependencies = await Promise.all(this.probes.indicators.map((indicator) => this.look(indicator)));
    return {
      status: this.probes.isStopping ? 'shutting_down' : worst(dependencies),
      version: this.probes.version,
      uptime_seconds: Math.round(process.uptime()),
      memory: process.memoryUsage(),
      dependencies,
    };
  }

  private async look(indicator: Probes['indicators'][number]): Promise<DependencyView> {
    const started = performance.now();
    const view = { name: indicator.name, required: indicator.required };
    const latency = () => Math.round((performance.now() - started) * 100) / 100;
    try {
      const { state, details } = await inTime(indicator.check());
      return { ...view, state, latency_ms: latency(), ...(details === undefined ? {} : { details }) };
    } catch (error) {
      const reason = reasonOf(error);
      logger.warn('A dependency is down', { dependency: indicator.name, reason });
      return { ...view, state: 'down', latency_ms: latency(), reason };
    }
  }
}

async function inTime<Result>(check: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It has not answered in ${checkMs} ms`)), checkMs);
  });
  return Promise.race([check, late]).finally(() => clearTimeout(timer));
}

/** What a driver said, rather than what people are told in its place. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return cause.message === '' && 'code' in cause ? String(cause.code) : cause.message;
}

function worst(dependencies: readonly DependencyView[]): string {
  if (dependencies.some(({ state, required }) => state === 'down' && required)) return 'down';
  return dependencies.every(({ state }) => state === 'up') ? 'up' : 'degraded';
}
