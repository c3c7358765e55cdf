import { Injectable } from '@nestjs/common';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';

export interface NewPlaceholder {
  readonly name: string;
  readonly username: string;
}

const find = sql(
  'auth.placeholder.find',
  `SELECT id, placeholder_name AS name FROM auth.users
   WHERE placeholder_workspace_id = $1 AND placeholder_name = ANY($2)`,
);

/** Ordered by username: imports that meet at the same names wait for each other in one direction only. */
const insert = sql(
  'auth.placeholder.insert',
  `INSERT INTO auth.users (placeholder_workspace_id, placeholder_name, username)
   SELECT $1, p.name, p.username FROM unnest($2::text[], $3::text[]) AS p (name, username)
   ORDER BY LOWER(p.username), p.name
   ON CONFLICT DO NOTHING`,
);

/** Users who stand for the senders of an imported history. */
@Injectable()
export class PlaceholderRepository {
  constructor(private readonly database: Database) {}

  /** Ids of the placeholders that exist, by name; names are compared exactly. */
  async find(workspaceId: number, names: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.database.query<{ id: number; name: string }>(find, [workspaceId, names]);
    return new Map(rows.map(({ id, name }) => [name, id]));
  }

  /** Stores those whose name and username are both free, and leaves out the others. */
  async insert(workspaceId: number, placeholders: readonly NewPlaceholder[]): Promise<void> {
    const names = placeholders.map(({ name }) => name);
    const usernames = placeholders.map(({ username }) => username);
    await this.database.query(insert, [workspaceId, names, usernames]);
  }
}
