import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Loop } from '#service/loop.js';
import { authConfig, type AuthConfig } from '../auth.config.js';
import { ExpiryRepository } from './expiry.repository.js';

const pauseMs = 60_000;
/** So long beyond the life of a token a revocation stays readable for a gateway that was away. */
const marginSeconds = 300;

/** Removes in the background what nothing can use any more. Every check of expiry stands without it. */
@Injectable()
export class ExpiryService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop = new Loop('auth.expiry', pauseMs, () => this.deleteExpired());

  constructor(
    private readonly repository: ExpiryRepository,
    @Inject(authConfig) private readonly config: AuthConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** One bounded run. */
  private async deleteExpired(): Promise<void> {
    await this.repository.deleteSessions();
    await this.repository.deleteTickets();
    await this.repository.deleteRevocations(this.config.ACCESS_TOKEN_SECONDS + marginSeconds);
  }
}
