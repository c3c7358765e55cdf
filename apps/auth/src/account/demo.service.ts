import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Logger } from '#telemetry/logger.js';
import { authConfig, type AuthConfig } from '../auth.config.js';
import { AccountRepository } from './account.repository.js';
import { AccountService } from './account.service.js';
import { PersonalWorkspaceService } from './personal-workspace.service.js';

const account = { email: 'test@example.com', username: 'test', password: 'password' };

/** With FECHATTER_DEMO an empty database gets the user of the load plan, whose `general` channel is the first chat. */
@Injectable()
export class DemoService implements OnApplicationBootstrap {
  private readonly logger = new Logger('auth.demo');

  constructor(
    @Inject(authConfig) private readonly config: AuthConfig,
    private readonly repository: AccountRepository,
    private readonly accounts: AccountService,
    private readonly workspaces: PersonalWorkspaceService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.FECHATTER_DEMO) return;
    if (!(await this.repository.isEmpty())) {
      this.logger.warn('FECHATTER_DEMO adds nothing: there are users already');
      return;
    }
    const created = await this.accounts.create(account);
    this.logger.info('The demo user was made', { email: account.email });
    await this.workspaces.ensure(created).catch((error: unknown) => {
      this.logger.error('The demo workspace was not made; the first login asks again', error);
    });
  }
}
