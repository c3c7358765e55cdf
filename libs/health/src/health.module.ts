import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { isMeasuring } from '#telemetry/metrics.js';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';
import { OperationsController } from './operations.controller.js';
import { Probes } from './probes.js';

/** Probes for the main port; with `operations` also the admin view and what is measured, for the health port only. */
@Module({})
export class HealthModule {
  static register(probes: Probes, { operations }: { operations: boolean }): DynamicModule {
    return {
      module: HealthModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [
        HealthController,
        ...(operations ? [OperationsController] : []),
        ...(operations && isMeasuring() ? [MetricsController] : []),
      ],
      providers: [{ provide: Probes, useValue: probes }],
    };
  }
}
