import { Inject, Injectable } from '@nestjs/common';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import type { Effects } from './document.js';
import { grams, normalise } from './script.js';

/** How many documents one statement removes when a whole chat goes. */
const purgeSlice = 1_000;

/** Keeps a phrase from matching across the seam of two word lists. */
const gap = `'\u00b7:1'::tsvector`;

/**
 * The position and the effects in one statement, so in one transaction: without the expected position nothing happens.
 * Commits need not reach the disk before they are answered, since what a crash takes back it takes back together.
 */
const apply = sql(
  'search.apply',
  `WITH moved AS (
     UPDATE search.index_heads SET seq = $3 WHERE chat_id = $1 AND seq = $2
     RETURNING set_config('synchronous_commit', 'off', true)
   ), removed AS (
     DELETE FROM search.documents d USING moved WHERE d.chat_id = $1 AND d.message_id = ANY ($4::bigint[])
   ), stored AS (
     INSERT INTO search.documents AS d (chat_id, message_id, seq, version, sender_id, created_at, content, words)
     SELECT $1, n.message_id, n.seq, n.version, n.sender_id, n.created_at, n.content,
       setweight(to_tsvector('simple', n.normal), 'A') || setweight(${gap} || to_tsvector('english', n.normal), 'B')
         || array_to_tsvector(string_to_array(n.grams, ' '))
     FROM moved, unnest($5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::timestamptz[], $10::text[],
       $11::text[], $12::text[]) n(message_id, seq, version, sender_id, created_at, content, normal, grams)
     ON CONFLICT (chat_id, message_id) DO UPDATE SET
       version = excluded.version, content = excluded.content, words = excluded.words
     WHERE d.version <= excluded.version
   )
   SELECT FROM moved`,
);

const begin = sql(
  'search.begin_chat',
  'INSERT INTO search.index_heads (chat_id, seq) VALUES ($1, 0) ON CONFLICT DO NOTHING',
);

const positions = sql(
  'search.positions',
  'SELECT chat_id, seq FROM search.index_heads WHERE chat_id = ANY ($1::bigint[])',
);

const purge = sql(
  'search.purge',
  `DELETE FROM search.documents WHERE chat_id = $1 AND message_id IN (
     SELECT message_id FROM search.documents WHERE chat_id = $1 LIMIT ${purgeSlice}
   ) RETURNING message_id`,
);

/** The index: documents, and the position in each chat's log up to which they are right. */
@Injectable()
export class DocumentRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** Moves the chat from `old` to `seq` with these effects. False when somebody else has moved it: nothing happened. */
  async apply(chatId: number, old: number, seq: number, { stored, removedIds }: Effects): Promise<boolean> {
    const normal = stored.map((message) => normalise(message.content));
    const rows = await this.database.query(apply, [
      chatId,
      old,
      seq,
      removedIds,
      stored.map((message) => message.id),
      stored.map((message) => message.seq),
      stored.map((message) => message.version),
      stored.map((message) => message.sender_id),
      stored.map((message) => message.created_at),
      stored.map((message) => message.content),
      normal,
      normal.map((text) => grams(text).join(' ')),
    ]);
    return rows.length > 0;
  }

  /** Where the chat's index stands; a chat that was never seen begins at 0. */
  async begin(chatId: number): Promise<number> {
    await this.database.query(begin, [chatId]);
    return (await this.positions([chatId])).get(chatId) ?? 0;
  }

  /** Positions by chat id; chats that were never seen are left out. */
  async positions(chatIds: readonly number[]): Promise<Map<number, number>> {
    const rows = await this.database.query<{ chat_id: number; seq: number }>(positions, [chatIds]);
    return new Map(rows.map((row) => [row.chat_id, row.seq]));
  }

  /** Removes every document of a chat, in slices. */
  async purge(chatId: number): Promise<void> {
    while ((await this.database.query(purge, [chatId])).length === purgeSlice);
  }
}
