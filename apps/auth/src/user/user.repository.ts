import { Injectable } from '@nestjs/common';
import type { UpdateMe, User } from '#contracts/user.contract.js';
import { Database } from '#database/database.js';
import { nameMatch, nameParams } from '#database/name-search.js';
import { sql } from '#database/statement.js';
import { toNameConflict } from './name-conflict.js';
import type { UserEntity } from './user.entity.js';

export type ProfileRow = Pick<UserEntity, 'id' | 'username' | 'avatar_url' | 'email' | 'preferences' | 'created_at'>;

/** A user with the name by which they were looked up. */
export type NamedUser = User & { readonly asked: string };

const profile = 'id, username, avatar_url, email, preferences, created_at';

const find = sql('auth.user.find', `SELECT ${profile} FROM auth.users WHERE id = $1`);

const update = sql(
  'auth.user.update',
  `UPDATE auth.users SET username = coalesce($2, username),
     avatar_url = CASE WHEN $3 THEN $4 ELSE avatar_url END, preferences = coalesce($5::jsonb, preferences)
   WHERE id = $1 RETURNING ${profile}`,
);

const findMany = sql('auth.user.find_many', 'SELECT id, username, avatar_url FROM auth.users WHERE id = ANY($1)');

const findByNames = sql(
  'auth.user.find_by_names',
  `SELECT n.asked, u.* FROM unnest($1::text[]) AS n(asked)
   CROSS JOIN LATERAL (
     SELECT id, username, avatar_url FROM auth.users WHERE LOWER(username) = LOWER(n.asked) LIMIT 1
   ) u`,
);

const findByEmail = sql(
  'auth.user.find_by_email',
  'SELECT id, username, avatar_url FROM auth.users WHERE LOWER(email) = LOWER($1)',
);

const lower = (text: string) => `LOWER(${text})`;
const match = nameMatch('LOWER(username)', lower);

const search = sql(
  'auth.user.search',
  `SELECT id, username, avatar_url FROM auth.users WHERE id = ANY($4) AND ${match.any}
   ORDER BY ${match.order}, id LIMIT $5`,
);

const named = 'SELECT id, LOWER(username) AS name FROM auth.users';

/** The kinds of matches one after the other, none when those before it were enough. */
const candidates = sql(
  'auth.user.candidates',
  `SELECT id FROM (
     (${named} WHERE ${match.begins} ORDER BY ${match.beginsOrder} LIMIT $4)
     UNION ALL (${named} WHERE ${match.contains} LIMIT $4)
     UNION ALL (${named} WHERE ${match.similar} LIMIT $4)
     LIMIT $4
   ) found ORDER BY ${nameMatch('name', lower).order}, id`,
);

/** Users as they show themselves. */
@Injectable()
export class UserRepository {
  constructor(private readonly database: Database) {}

  async find(id: number): Promise<ProfileRow | undefined> {
    const [row] = await this.database.query<ProfileRow>(find, [id]);
    return row;
  }

  /** Changes the given fields only. Throws CONFLICT when the username is taken. */
  async update(id: number, change: UpdateMe): Promise<ProfileRow | undefined> {
    const { username, avatar_url, preferences } = change;
    const [row] = await this.database
      .query<ProfileRow>(update, [
        id,
        username ?? null,
        avatar_url !== undefined,
        avatar_url ?? null,
        preferences === undefined ? null : JSON.stringify(preferences),
      ])
      .catch((error: unknown) => {
        throw toNameConflict(error);
      });
    return row;
  }

  async findMany(ids: readonly number[]): Promise<User[]> {
    return this.database.query<User>(findMany, [ids]);
  }

  /** Ignoring case; one for each of the names that somebody has. */
  async findByNames(usernames: readonly string[]): Promise<NamedUser[]> {
    return this.database.query<NamedUser>(findByNames, [usernames]);
  }

  /** Ignoring case. */
  async findByEmail(email: string): Promise<User | undefined> {
    const [row] = await this.database.query<User>(findByEmail, [email]);
    return row;
  }

  /** Of these users, those whose name matches the text, ignoring case, best first. */
  async search(text: string, ids: readonly number[], limit: number): Promise<User[]> {
    return this.database.query<User>(search, [...nameParams(text), ids, limit]);
  }

  /** Of all users, so many whose name matches the text, best first. Of more that begin with it, the first by name. */
  async candidates(text: string, limit: number): Promise<number[]> {
    const rows = await this.database.query<{ id: number }>(candidates, [...nameParams(text), limit]);
    return rows.map(({ id }) => id);
  }
}
