import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Logger } from '#telemetry/logger.js';
import { ImportRepository } from './import.repository.js';

/** Fewer rows change no plan; autovacuum sees to them. */
const worthIt = 10_000;
/** An import that sends nothing for so long has ended. */
const quietMs = 2_000;

/**
 * Lets the planner know what a large import has brought: autovacuum would notice minutes later. Each process that took
 * a part of it asks when it has heard no more, and the database knows whether there is anything to tell.
 */
@Injectable()
export class ImportStatistics implements BeforeApplicationShutdown {
  private readonly logger = new Logger('message.import');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly imports: ImportRepository) {}

  /** A part of an import was stored. */
  grown(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.running = this.analyze();
    }, quietMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await this.running;
  }

  private async analyze(): Promise<void> {
    try {
      if (await this.imports.analyze(worthIt)) this.logger.info('The planner knows of the import');
    } catch (error) {
      this.logger.error('The tables of an import were not analyzed; autovacuum will do it', error);
    }
  }
}
