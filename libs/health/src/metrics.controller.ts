import { Controller, Get, Header } from '@nestjs/common';
import { metrics } from '#telemetry/metrics.js';
import '#telemetry/process.metrics.js';

/** What Prometheus reads; only ever on the health port. */
@Controller()
export class MetricsController {
  @Get('metrics')
  @Header('content-type', metrics.contentType)
  async metrics(): Promise<string> {
    return metrics.metrics();
  }
}
