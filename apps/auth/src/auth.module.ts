import { Module, type DynamicModule } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { defaultPool } from '#database/data-source.js';
import { DatabaseModule } from '#database/database.module.js';
import { AccountController } from './account/account.controller.js';
import { AccountRepository } from './account/account.repository.js';
import { AccountService } from './account/account.service.js';
import { DemoService } from './account/demo.service.js';
import { PersonalWorkspaceService } from './account/personal-workspace.service.js';
import { AuthCache } from './auth.cache.js';
import { authConfig, type AuthConfig } from './auth.config.js';
import { authDataSource } from './auth.data-source.js';
import { CredentialRepository } from './credential/credential.repository.js';
import { CredentialService } from './credential/credential.service.js';
import { PasswordHasher } from './credential/password-hasher.js';
import { ExpiryRepository } from './expiry/expiry.repository.js';
import { ExpiryService } from './expiry/expiry.service.js';
import { AccessTokenService } from './key/access-token.service.js';
import { KeyController } from './key/key.controller.js';
import { KeyRepository } from './key/key.repository.js';
import { KeyService } from './key/key.service.js';
import { RevocationController } from './revocation/revocation.controller.js';
import { RevocationRepository } from './revocation/revocation.repository.js';
import { RevocationService } from './revocation/revocation.service.js';
import { RefreshRepository } from './session/refresh.repository.js';
import { SessionController } from './session/session.controller.js';
import { SessionRepository } from './session/session.repository.js';
import { SessionService } from './session/session.service.js';
import { TicketController } from './ticket/ticket.controller.js';
import { TicketRepository } from './ticket/ticket.repository.js';
import { TicketService } from './ticket/ticket.service.js';
import { PlaceholderRepository } from './user/placeholder.repository.js';
import { PlaceholderService } from './user/placeholder.service.js';
import { UserCache } from './user/user.cache.js';
import { UserController } from './user/user.controller.js';
import { UserRepository } from './user/user.repository.js';
import { UserService } from './user/user.service.js';

/** The auth service: users, credentials, sessions, tickets, signing keys, revocations. */
@Module({})
export class AuthModule {
  static register(config: AuthConfig, bus: Bus): DynamicModule {
    const pool = { ...defaultPool, max: config.AUTH_POOL_MAX, prepared: config.DATABASE_PREPARED };
    return {
      module: AuthModule,
      imports: [DatabaseModule.register(config.DATABASE_URL, authDataSource, pool)],
      controllers: [
        AccountController,
        KeyController,
        RevocationController,
        SessionController,
        TicketController,
        UserController,
      ],
      providers: [
        { provide: authConfig, useValue: config },
        { provide: Bus, useValue: bus },
        AccessTokenService,
        AuthCache,
        AccountRepository,
        AccountService,
        CredentialRepository,
        CredentialService,
        DemoService,
        ExpiryRepository,
        ExpiryService,
        KeyRepository,
        KeyService,
        PasswordHasher,
        PersonalWorkspaceService,
        PlaceholderRepository,
        PlaceholderService,
        RefreshRepository,
        RevocationRepository,
        RevocationService,
        SessionRepository,
        SessionService,
        TicketRepository,
        TicketService,
        UserCache,
        UserRepository,
        UserService,
      ],
    };
  }
}
