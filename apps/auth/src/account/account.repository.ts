import { Injectable } from '@nestjs/common';
import { foldEmail } from '#contracts/scalar.js';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import type { CredentialEntity } from '../credential/credential.entity.js';
import { toNameConflict } from '../user/name-conflict.js';
import type { UserEntity } from '../user/user.entity.js';

/** A user who can sign in, with what proves it. */
export type AccountRow = Pick<UserEntity, 'id' | 'username' | 'avatar_url'> &
  Pick<CredentialEntity, 'password_hash' | 'version'> & { readonly email: string };

const create = sql(
  'auth.account.create',
  `WITH created AS (
     INSERT INTO auth.users (email, username) VALUES ($1, $2) RETURNING id, email, username, avatar_url
   ), credential AS (
     INSERT INTO auth.credentials (user_id, password_hash) SELECT id, $3 FROM created
     RETURNING password_hash, version
   )
   SELECT * FROM created, credential`,
);

const findByEmail = sql(
  'auth.account.find_by_email',
  `SELECT u.id, u.email, u.username, u.avatar_url, c.password_hash, c.version
   FROM auth.users u JOIN auth.credentials c ON c.user_id = u.id WHERE LOWER(u.email) = $1`,
);

const anyUser = sql('auth.account.any', 'SELECT id FROM auth.users LIMIT 1');

/** Users together with their credentials. */
@Injectable()
export class AccountRepository {
  constructor(private readonly database: Database) {}

  /** Throws CONFLICT when address or username are taken: of several at once exactly one succeeds. */
  async create(email: string, username: string, passwordHash: string): Promise<AccountRow> {
    const [row] = await this.database
      .query<AccountRow>(create, [email, username, passwordHash])
      .catch((error: unknown) => {
        throw toNameConflict(error);
      });
    if (row === undefined) throw new Error('The new account was not returned');
    return row;
  }

  /** Ignoring case. Placeholders have neither address nor credential. */
  async findByEmail(email: string): Promise<AccountRow | undefined> {
    const [row] = await this.database.query<AccountRow>(findByEmail, [foldEmail(email)]);
    return row;
  }

  async isEmpty(): Promise<boolean> {
    return (await this.database.query(anyUser)).length === 0;
  }
}
