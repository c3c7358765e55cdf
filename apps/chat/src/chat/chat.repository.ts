import { Injectable } from '@nestjs/common';
import { Database } from '#database/database.js';
import { nameMatch, nameParams } from '#database/name-search.js';
import { sql } from '#database/statement.js';
import type { Standing } from '#domain/permission.js';
import { chatColumns, nameKey, type ChatRow } from './chat.row.js';

const row = chatColumns('c');

/** Live chats of live workspaces that $1 belongs to. */
const ofUser = `
  FROM chat.workspace_users u
  JOIN chat.workspaces w ON w.id = u.workspace_id AND w.deleted_at IS NULL
  JOIN chat.chats c ON c.workspace_id = u.workspace_id AND c.deleted_at IS NULL
  LEFT JOIN chat.chat_members m ON m.chat_id = c.id AND m.user_id = u.user_id AND m.left_at IS NULL
  WHERE u.user_id = $1 AND u.deleted_at IS NULL`;

const find = sql('chat.find', `SELECT ${row}, u.role AS workspace_role, m.role AS chat_role ${ofUser} AND c.id = $2`);

/** Begins with the user's memberships: whoever is in many chats asks for many. */
const findMany = sql(
  'chat.find_many',
  `SELECT ${row}
   FROM (SELECT chat_id FROM chat.chat_members WHERE user_id = $1 AND chat_id = ANY($2) AND left_at IS NULL OFFSET 0) m
   JOIN chat.chats c ON c.id = m.chat_id AND c.deleted_at IS NULL
   JOIN chat.workspaces w ON w.id = c.workspace_id AND w.deleted_at IS NULL
   JOIN chat.workspace_users u ON u.workspace_id = c.workspace_id AND u.user_id = $1 AND u.deleted_at IS NULL`,
);

const browse = sql(
  'chat.browse',
  `SELECT ${row} FROM chat.chats c
   LEFT JOIN chat.chat_members m ON m.chat_id = c.id AND m.user_id = $2 AND m.left_at IS NULL
   WHERE c.workspace_id = $1 AND c.deleted_at IS NULL AND c.type = 'channel' AND NOT c.is_private AND NOT c.is_archived
     AND m.user_id IS NULL AND strpos(c.name_key, $3) > 0
     AND ($4::bigint = 0 OR c.name_key > (SELECT a.name_key FROM chat.chats a WHERE a.id = $4 AND a.workspace_id = $1))
   ORDER BY c.name_key LIMIT $5`,
);

const match = nameMatch('c.name_key');

/** What $4 may open of `mine`, a workspace with their role. */
const open = `c.deleted_at IS NULL
    AND ((c.type = 'channel' AND NOT c.is_private AND mine.role <> 'guest') OR EXISTS (
      SELECT FROM chat.chat_members m WHERE m.chat_id = c.id AND m.user_id = $4 AND m.left_at IS NULL))`;

/** As the index of trigrams has the workspace; written otherwise, all chats of the workspace would be read. */
const byTrigrams = `SELECT c.* FROM chat.chats c WHERE ARRAY[c.workspace_id] @> ARRAY[mine.workspace_id] AND ${open}`;

/** In each workspace the kinds of matches one after the other, none when those before it were enough. */
const search = sql(
  'chat.search',
  `SELECT ${row} FROM chat.workspace_users mine
   JOIN chat.workspaces w ON w.id = mine.workspace_id AND w.deleted_at IS NULL
   CROSS JOIN LATERAL (
     (
       SELECT c.* FROM chat.chats c WHERE c.workspace_id = mine.workspace_id AND ${open}
         AND ${match.begins} ORDER BY ${match.beginsOrder} LIMIT $7
     )
     UNION ALL (${byTrigrams} AND ${match.contains} LIMIT $7)
     UNION ALL (${byTrigrams} AND ${match.similar} LIMIT $7)
     LIMIT $7
   ) c
   WHERE mine.user_id = $4 AND mine.deleted_at IS NULL AND ($5::bigint IS NULL OR mine.workspace_id = $5)
   ORDER BY ${match.order}, c.id LIMIT $6`,
);

/** How many of a workspace are compared. Of more that begin alike, the first by name are. */
const maxCompared = 1_000;

const generalOf = sql(
  'chat.general_of',
  'SELECT id FROM chat.chats WHERE workspace_id = $1 AND is_general AND deleted_at IS NULL',
);

const directOf = sql(
  'chat.direct_of',
  `SELECT ${row} FROM chat.chats c WHERE c.workspace_id = $1 AND c.direct_key = $2 AND c.deleted_at IS NULL`,
);

const channelsNamed = sql(
  'chat.channels_named',
  `SELECT c.id, c.name_key, c.is_private, c.is_archived, m.role AS chat_role FROM chat.chats c
   LEFT JOIN chat.chat_members m ON m.chat_id = c.id AND m.user_id = $2 AND m.left_at IS NULL
   WHERE c.workspace_id = $1 AND c.name_key = ANY($3) AND c.type = 'channel' AND c.deleted_at IS NULL`,
);

const liveOf = sql(
  'chat.live_of',
  'SELECT id FROM chat.chats WHERE workspace_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT $2',
);

const membershipsOf = sql(
  'chat.memberships_of',
  `SELECT m.chat_id AS id FROM chat.chat_members m JOIN chat.chats c ON c.id = m.chat_id
   WHERE m.user_id = $2 AND m.left_at IS NULL AND c.workspace_id = $1 AND c.deleted_at IS NULL
   ORDER BY m.chat_id LIMIT $3`,
);

/** A channel by its name, and what the asking user is in it. */
export type NamedChannel = Pick<ChatRow, 'id' | 'is_private' | 'is_archived'> &
  Pick<Standing, 'chat_role'> & { readonly name_key: string };

/** Reads of chats. */
@Injectable()
export class ChatRepository {
  constructor(private readonly database: Database) {}

  /** A live chat with what the user is to it; undefined outside of the user's workspaces. */
  async find(userId: number, chatId: number): Promise<(ChatRow & Standing) | undefined> {
    const [found] = await this.database.query<ChatRow & Standing>(find, [userId, chatId]);
    return found;
  }

  /** Those of the chats that the user is a member of. */
  async findMany(userId: number, chatIds: readonly number[]): Promise<ChatRow[]> {
    return this.database.query<ChatRow>(findMany, [userId, chatIds]);
  }

  /** Public channels that the user has not joined, by name behind the channel `afterId`. */
  async browse(
    workspaceId: number,
    userId: number,
    { q, afterId, limit }: { q: string; afterId: number; limit: number },
  ): Promise<ChatRow[]> {
    return this.database.query<ChatRow>(browse, [workspaceId, userId, nameKey(q), afterId, limit]);
  }

  /** Chats that the user may open whose name matches `query`, best first. */
  async search(userId: number, query: string, workspaceId: number | undefined, limit: number): Promise<ChatRow[]> {
    const params = [...nameParams(nameKey(query)), userId, workspaceId ?? null, limit, maxCompared];
    return this.database.query<ChatRow>(search, params);
  }

  async generalOf(workspaceId: number): Promise<number | undefined> {
    const [found] = await this.database.query<{ id: number }>(generalOf, [workspaceId]);
    return found?.id;
  }

  async directOf(workspaceId: number, directKey: string): Promise<ChatRow | undefined> {
    const [found] = await this.database.query<ChatRow>(directOf, [workspaceId, directKey]);
    return found;
  }

  /** Channels by name key, private ones too. */
  async channelsNamed(workspaceId: number, userId: number, names: readonly string[]): Promise<NamedChannel[]> {
    return this.database.query<NamedChannel>(channelsNamed, [workspaceId, userId, names.map(nameKey)]);
  }

  async liveOf(workspaceId: number, limit: number): Promise<number[]> {
    return idsOf(await this.database.query(liveOf, [workspaceId, limit]));
  }

  /** Chats of the workspace that the user is a member of. */
  async membershipsOf(workspaceId: number, userId: number, limit: number): Promise<number[]> {
    return idsOf(await this.database.query(membershipsOf, [workspaceId, userId, limit]));
  }
}

function idsOf(rows: readonly { id: number }[]): number[] {
  return rows.map((found) => found.id);
}
