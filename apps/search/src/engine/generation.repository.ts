import { Injectable } from '@nestjs/common';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import type { Generation } from './engine.js';

const retireSlice = 1_000;

const list = sql(
  'search.generations',
  `SELECT id, completed_at IS NOT NULL AS is_complete,
     id = coalesce(max(id) FILTER (WHERE completed_at IS NOT NULL) OVER (), min(id) OVER ()) AS is_active
   FROM search.generations ORDER BY id`,
);

const begin = sql(
  'search.begin_generation',
  `INSERT INTO search.generations (id)
   SELECT max(id) + 1 FROM search.generations HAVING bool_and(completed_at IS NOT NULL) ON CONFLICT DO NOTHING`,
);

const complete = sql(
  'search.complete_generation',
  'UPDATE search.generations SET completed_at = now() WHERE id = $1 AND completed_at IS NULL',
);

const retire = sql('search.retire', 'DELETE FROM search.generations WHERE id < $1');

/** In the order in which chats are moved, so that nobody waits in a circle. */
const retirePositions = sql(
  'search.retire_positions',
  `WITH held AS (
     SELECT generation, chat_id FROM search.positions WHERE generation < $1 ORDER BY generation, chat_id FOR UPDATE
   )
   DELETE FROM search.positions p USING held h WHERE p.generation = h.generation AND p.chat_id = h.chat_id`,
);

const retireMessages = sql(
  'search.retire_messages',
  `DELETE FROM search.indexed_messages WHERE (generation, chat_id, message_id) IN (
     SELECT generation, chat_id, message_id FROM search.indexed_messages WHERE generation < $1 LIMIT ${retireSlice}
   ) RETURNING message_id`,
);

const retireWords = sql(
  'search.retire_words',
  `DELETE FROM search.words WHERE (slice_id, word) IN (
     SELECT w.slice_id, w.word FROM search.slices s JOIN search.words w ON w.slice_id = s.id
     WHERE s.generation < $1 LIMIT ${retireSlice}
   ) RETURNING slice_id`,
);

const retireSlices = sql('search.retire_slices', 'DELETE FROM search.slices WHERE generation < $1');

/** What the release before this one has left. */
const retireDocuments = sql(
  'search.retire_documents',
  `DELETE FROM search.documents WHERE (chat_id, message_id) IN (
     SELECT chat_id, message_id FROM search.documents LIMIT ${retireSlice}
   ) RETURNING message_id`,
);

/** The states of the index. */
@Injectable()
export class GenerationRepository {
  constructor(private readonly database: Database) {}

  async list(): Promise<Generation[]> {
    const rows = await this.database.query<{ id: number; is_complete: boolean; is_active: boolean }>(list);
    return rows.map(({ id, is_complete, is_active }) => ({ id, isComplete: is_complete, isActive: is_active }));
  }

  /** One is begun only when no other is being built. */
  async begin(): Promise<void> {
    await this.database.query(begin);
  }

  async complete(id: number): Promise<void> {
    await this.database.query(complete, [id]);
  }

  /**
   * Removes the generations before the one that is active now. First nobody can write to them any more: who does so at
   * this moment is waited for. Then what they found goes in slices.
   */
  async retireBefore(id: number): Promise<void> {
    await this.database.transaction(async (transaction) => {
      await transaction.query(retire, [id]);
      await transaction.query(retirePositions, [id]);
    });
    while ((await this.database.query(retireMessages, [id])).length === retireSlice);
    while ((await this.database.query(retireWords, [id])).length === retireSlice);
    await this.database.query(retireSlices, [id]);
    while ((await this.database.query(retireDocuments)).length === retireSlice);
  }
}
