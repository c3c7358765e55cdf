import type { ServiceDataSource } from '#database/data-source.js';
import { AuthInitial1700000000001 } from '#migrations/auth/0001-initial.js';
import { AuthNameSearch1700000000002 } from '#migrations/auth/0002-name-search.js';
import { AuthMaintenance1700000000003 } from '#migrations/auth/0003-maintenance.js';
import { CredentialEntity } from './credential/credential.entity.js';
import { SigningKeyEntity } from './key/signing-key.entity.js';
import { RevocationHeadEntity } from './revocation/revocation-head.entity.js';
import { RevocationEntity } from './revocation/revocation.entity.js';
import { RefreshTokenEntity } from './session/refresh-token.entity.js';
import { SessionEntity } from './session/session.entity.js';
import { TicketEntity } from './ticket/ticket.entity.js';
import { UserEntity } from './user/user.entity.js';

/** The auth service's part of the database. */
export const authDataSource = {
  schema: 'auth',
  entities: [
    UserEntity,
    CredentialEntity,
    SessionEntity,
    RefreshTokenEntity,
    TicketEntity,
    SigningKeyEntity,
    RevocationEntity,
    RevocationHeadEntity,
  ],
  migrations: [AuthInitial1700000000001, AuthNameSearch1700000000002, AuthMaintenance1700000000003],
} satisfies ServiceDataSource;
