import { Controller, Get } from '@nestjs/common';
import { Probes } from './probes.js';

interface DependencyView {
  name: string;
  state: string;
  required: boolean;
  latency_ms: number;
  details?: Record<string, unknown>;
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
      const { state, details } = await indicator.check();
      return { ...view, state, latency_ms: latency(), ...(details === undefined ? {} : { details }) };
    } catch {
      return { ...view, state: 'down', latency_ms: latency() };
    }
  }
}

function worst(dependencies: readonly DependencyView[]): string {
  if (dependencies.some(({ state, required }) => state === 'down' && required)) return 'down';
  return dependencies.every(({ state }) => state === 'up') ? 'up' : 'degraded';
}
