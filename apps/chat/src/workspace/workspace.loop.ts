import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Loop } from '#service/loop.js';
import { Logger } from '#telemetry/logger.js';
import { DeletionRepository } from './deletion.repository.js';
import { DeletionService } from './deletion.service.js';
import { RemovalRepository } from './removal.repository.js';
import { RemovalService } from './removal.service.js';

const everyMs = 1_000;
const atOnce = 50;

/** Finishes removals and deletions that are long, or that a crash or an outage left open. Any number of replicas may. */
@Injectable()
export class WorkspaceLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('chat.workspace');
  private readonly loop = new Loop('chat.workspace', everyMs, () => this.run());

  constructor(
    private readonly removals: RemovalRepository,
    private readonly removing: RemovalService,
    private readonly deletions: DeletionRepository,
    private readonly deleting: DeletionService,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  private async run(): Promise<void> {
    for (const removed of await this.removals.unfinished(atOnce)) {
      await this.attempt('A removal is still open', removed, () => this.removing.finish(removed, 1));
    }
    for (const workspaceId of await this.deletions.unfinished(atOnce)) {
      const about = { workspace_id: workspaceId };
      await this.attempt('A deletion is still open', about, () => this.deleting.close(workspaceId, 1));
    }
  }

  /** One that fails does not hold up the others. */
  private async attempt(message: string, about: object, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn(message, { ...about, reason: String(error) });
    }
  }
}
