import { Injectable } from '@nestjs/common';
import type { RequestOf } from '#contracts/contract.js';
import type { importRpc } from '#contracts/import.contract.js';
import { Database, type Transaction } from '#database/database.js';
import { sql } from '#database/statement.js';
import type { LockedHead } from '../writer/log-writer.repository.js';

export type ImportedMessage = RequestOf<typeof importRpc.messages>['messages'][number];

/** In one order for all imports, so that two of them never wait for each other in a circle. */
const claim = sql(
  'message.import_claim',
  `INSERT INTO message.import_keys (workspace_id, import_id, chat_id)
   SELECT DISTINCT $1::bigint, i.id, $2::bigint FROM unnest($3::text[]) i(id) ORDER BY i.id
   ON CONFLICT DO NOTHING RETURNING import_id`,
);

const insert = sql(
  'message.import_insert',
  `INSERT INTO message.messages (chat_id, seq, ordinal, version, sender_id, content, created_at)
   SELECT $1::bigint, $2::bigint + i.place, $3::bigint + i.place, $2::bigint + i.place, i.sender_id, i.content,
     i.created_at
   FROM unnest($4::bigint[], $5::text[], $6::timestamptz[]) WITH ORDINALITY i(sender_id, content, created_at, place)
   ORDER BY i.place`,
);

/** Heads count exactly, whoever has written: what they have and the planner does not know of came since it was told. */
const analyze = sql(
  'message.import_analyze',
  `SELECT 1 AS analyzed, message.analyze_log() FROM (
     SELECT greatest(reltuples, 0) AS messages FROM pg_class WHERE oid = 'message.messages'::regclass OFFSET 0
   ) known WHERE (SELECT sum(message_count) FROM message.chat_heads) - known.messages >= $1 + known.messages / 50`,
);

const follow = sql(
  'message.import_follow',
  `UPDATE message.message_status SET delivered_seq = $3, read_seq = $3, read_count = $4
   WHERE user_id = $1 AND chat_id = $2 AND read_count = $5`,
);

/** Imported messages. All of it runs under the lock of the chat's head. */
@Injectable()
export class ImportRepository {
  constructor(private readonly database: Database) {}

  /** Claims ids that nobody has imported into the workspace yet, and answers them. */
  async claim(transaction: Transaction, head: LockedHead, importIds: readonly string[]): Promise<Set<string>> {
    if (importIds.length === 0) return new Set();
    const params = [head.workspace_id, head.chat_id, importIds];
    const rows = await transaction.query<{ import_id: string }>(claim, params);
    return new Set(rows.map((row) => row.import_id));
  }

  /**
   * Tells the planner what is in the tables now, where at least so many messages and a fiftieth of all are unknown to
   * it. Answers whether they were.
   */
  async analyze(atLeast: number): Promise<boolean> {
    return (await this.database.query(analyze, [atLeast])).length > 0;
  }

  /** Appends behind the head, in the given order. */
  async insert(transaction: Transaction, head: LockedHead, messages: readonly ImportedMessage[]): Promise<void> {
    await transaction.query(insert, [
      head.chat_id,
      head.last_seq,
      head.message_count,
      messages.map((message) => message.sender_id),
      messages.map((message) => message.content),
      messages.map((message) => message.created_at),
    ]);
  }

  /** Who had read everything before has read the imported messages too. */
  async follow(transaction: Transaction, head: LockedHead, userId: number, imported: number): Promise<void> {
    const { chat_id, last_seq, message_count } = head;
    const params = [userId, chat_id, last_seq + imported, message_count + imported, message_count];
    await transaction.query(follow, params);
  }
}
