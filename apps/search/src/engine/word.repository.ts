import { Injectable } from '@nestjs/common';
import { Database } from '#database/database.js';
import { sql, type Statement } from '#database/statement.js';

/** Of so many messages of one slice the words are forgotten at once. */
const most = 50;

/**
 * Waits for what is being indexed and holds up what comes, since each statement that indexes writes to this table, if
 * only nothing. PostgreSQL locks tables before it takes a snapshot: nobody takes a word for known that goes meanwhile.
 * It is not declared with the others because there is nothing to explain about it.
 */
const lock: Statement = {
  name: 'search.lock_left_words',
  text: 'LOCK TABLE search.left_words IN SHARE ROW EXCLUSIVE MODE',
};

const left = sql('search.left_words', 'SELECT id FROM search.left_words ORDER BY slice_id, id LIMIT 1');

/**
 * Of one slice, so that nobody waits for longer than looking through that takes: many slices would take many times that.
 * All messages with a word are counted, since one that does not exist is looked for in the whole table with LIMIT.
 */
const forget = sql(
  'search.forget_words',
  `WITH taken AS (
     DELETE FROM search.left_words WHERE (slice_id, id) IN (
       SELECT slice_id, id FROM search.left_words
       WHERE slice_id = (SELECT min(slice_id) FROM search.left_words) ORDER BY id LIMIT ${most}
     ) RETURNING slice_id, lexemes
   ), given AS (
     SELECT DISTINCT slice_id, substr(lexeme, length(slice_id::text) + 2) AS word
     FROM taken, unnest(tsvector_to_array(lexemes)) lexeme
   ), known AS (
     SELECT w.* FROM given g CROSS JOIN LATERAL (SELECT slice_id, word FROM search.words w
       WHERE w.slice_id = g.slice_id AND w.word = g.word COLLATE "C" OFFSET 0) w
   ), unused AS MATERIALIZED (
     SELECT k.* FROM known k CROSS JOIN LATERAL (SELECT count(*) AS messages FROM search.indexed_messages d
       WHERE d.lexemes @@ ('''' || k.slice_id || '.' || k.word || '''')::tsquery) m WHERE m.messages = 0
   )
   DELETE FROM search.words w USING unused u WHERE w.slice_id = u.slice_id AND w.word = u.word`,
);

/** The words of each slice, and which of them no message holds any more. */
@Injectable()
export class WordRepository {
  constructor(private readonly database: Database) {}

  /** Whether messages were removed or changed whose words may have to be forgotten. */
  async hasLeft(): Promise<boolean> {
    return (await this.database.query(left)).length > 0;
  }

  /** Forgets, of some of those messages of one slice, the words that no other message of it holds. */
  async forget(): Promise<void> {
    await this.database.transaction(async (transaction) => {
      await transaction.query(lock);
      await transaction.query(forget);
    });
  }
}
