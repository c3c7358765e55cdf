import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';
import { OperationsController } from './operations.controller.js';
import { Probes } from './probes.js';

/** Probes for the main port; with `operations` also metrics and the admin view, for the health port only. */
@Module({})
export class HealthModule {
  static register(probes: Probes, { operations }: { operations: boolean }): DynamicModule {
    return {
      module: HealthModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: operations ? [HealthController, OperationsController] : [HealthController],
      providers: [{ provide: Probes, useValue: probes }],
    };
  }
}
