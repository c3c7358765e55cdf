import { Injectable } from '@nestjs/common';
import type { ClientInfo, Login } from '#contracts/auth.contract.js';
import { FechatterError } from '#contracts/error.js';
import { Logger } from '#telemetry/logger.js';
import { CredentialService } from '../credential/credential.service.js';
import { SessionService } from '../session/session.service.js';
import { UserCache } from '../user/user.cache.js';
import { AccountRepository, type AccountRow } from './account.repository.js';
import { PersonalWorkspaceService } from './personal-workspace.service.js';

export interface NewAccount {
  readonly email: string;
  readonly username: string;
  readonly password: string;
}

/** Registering and signing in. */
@Injectable()
export class AccountService {
  private readonly logger = new Logger('auth.account');

  constructor(
    private readonly accounts: AccountRepository,
    private readonly credentials: CredentialService,
    private readonly sessions: SessionService,
    private readonly workspaces: PersonalWorkspaceService,
    private readonly users: UserCache,
  ) {}

  /** A new user, able to write at once, and signed in. CONFLICT when address or username are taken. */
  async register(account: NewAccount, client: ClientInfo): Promise<Login> {
    this.credentials.refuseCommon('password', account.password);
    const created = await this.create(account);
    try {
      await this.workspaces.ensure(created);
    } catch (error) {
      this.logger.error('A new user has no personal workspace yet; their next login asks again', error);
      throw new FechatterError('UNAVAILABLE', 'Your account was made, its workspace not yet. Log in in a moment.', {
        retryAfterSeconds: 2,
      });
    }
    return this.open(created, client);
  }

  /** The user with any password, not signed in. */
  async create({ email, username, password }: NewAccount): Promise<AccountRow> {
    const account = await this.accounts.create(email, username, await this.credentials.hash(password));
    await this.users.appeared([account.id]);
    return account;
  }

  /** One answer, after the same work, for an unknown address and for a wrong password. */
  async login(email: string, password: string, client: ClientInfo): Promise<Login> {
    const account = await this.accounts.findByEmail(email);
    const isRight = await this.credentials.verify(account, password);
    if (account === undefined || !isRight) throw wrongLogin();
    await this.credentials.strengthen(account.id, account, password);
    await this.workspaces.ensure(account).catch((error: unknown) => {
      this.logger.error('The personal workspace was not looked after; the next login asks again', error);
    });
    return this.open(account, client);
  }

  private async open(account: AccountRow, client: ClientInfo): Promise<Login> {
    const login = await this.sessions.open(account, account.version, client);
    if (login === undefined) throw wrongLogin();
    return login;
  }
}

function wrongLogin(): FechatterError {
  return new FechatterError('UNAUTHORIZED', 'The e-mail address or the password is wrong.');
}
