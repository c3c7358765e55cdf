import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable, Optional } from '@nestjs/common';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import type { Effects } from './effects.js';
import type { Move } from './engine.js';
import { lexemesOf, marks, sliceMark, type Lexemes } from './lexemes.js';

/** How many messages one statement removes when a whole chat goes. */
const purgeSlice = 1_000;
/** Texts that are taken apart in one go; a thousand take 14 ms, which would hold up everybody else in the process. */
const textsAtOnce = 50;

/** A slice is closed when it has so many messages: what a search reads of a common word is a part of one slice. */
const defaultSliceLength = 16_384;

/** The lexemes of what may change without the text. */
function flagLexemes(slice: string, reactions: string, replies: string, isPinned: string): string {
  const flag = (name: string, when: string) => `CASE WHEN ${when} THEN ${slice} || '.${marks.flag}${name}' END`;
  return `array_to_tsvector(array_remove(ARRAY[${flag('reaction', `${reactions} > 0`)}, ${flag('thread', `${replies} > 0`)},
    ${flag('pinned', isPinned)}], NULL))`;
}

const stems = `(SELECT coalesce(array_to_tsvector(array_agg(DISTINCT n.slice_id || '.' || stem)), '')
  FROM unnest(string_to_array(n.to_stem, ' ')) word, unnest(ts_lexize(n.stemmer::regdictionary, word)) stem)`;

/**
 * Positions and effects in one statement, so in one transaction: of a chat that is not where it is expected nothing
 * happens. Chats, slices and words are locked in order, so that replicas wait for each other and never in a circle.
 * Commits need not reach the disk before they are answered, since what a crash takes back it takes back together.
 */
const apply = sql(
  'search.apply',
  `WITH expected AS (
     SELECT n.* FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) n(chat_id, old, seq, workspace_id)
     CROSS JOIN LATERAL (SELECT FROM search.positions p WHERE p.generation = $1 AND p.chat_id = n.chat_id
       AND p.seq = n.old FOR UPDATE) p
   ), moved AS (
     UPDATE search.positions p SET seq = e.seq, workspace_id = coalesce(e.workspace_id, p.workspace_id)
     FROM expected e WHERE p.generation = $1 AND p.chat_id = e.chat_id
     RETURNING p.chat_id, p.workspace_id, set_config('synchronous_commit', 'off', true)
   ), removed AS (
     DELETE FROM search.indexed_messages d
     USING moved m JOIN unnest($6::bigint[], $7::bigint[]) r(chat_id, message_id) ON r.chat_id = m.chat_id
     WHERE d.generation = $1 AND d.chat_id = r.chat_id AND d.message_id = r.message_id
     RETURNING d.slice_id, d.lexemes
   ), given AS (
     SELECT n.*, m.workspace_id, o.slice_id AS old_slice_id, o.content AS old_content, o.lexemes AS old_lexemes,
       coalesce(n.pinned, o.is_pinned, false) AS is_pinned,
       date_trunc('month', n.created_at AT TIME ZONE 'UTC')::date AS period
     FROM moved m JOIN unnest($8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[],
       $13::timestamptz[], $14::int[], $15::int[], $16::boolean[], $17::text[], $18::text[], $19::text[], $20::text[],
       $21::text[])
       n(chat_id, message_id, seq, version, sender_id, created_at, reactions, replies, pinned, content, vector, words,
         to_stem, stemmer) ON n.chat_id = m.chat_id
     LEFT JOIN LATERAL (SELECT * FROM search.indexed_messages o WHERE o.generation = $1 AND o.chat_id = n.chat_id
       AND o.message_id = n.message_id OFFSET 0) o ON true
   ), left_behind AS (
     INSERT INTO search.left_words (slice_id, lexemes) SELECT slice_id, lexemes FROM removed
     UNION ALL SELECT old_slice_id, old_lexemes FROM given WHERE old_content <> content
   ), slice AS (
     INSERT INTO search.slices AS s (id, generation, workspace_id, period, messages, oldest, newest)
     SELECT coalesce(open.id, nextval('search.slices_id_seq')), $1, f.workspace_id, f.period, f.messages, f.oldest,
       f.newest
     FROM (SELECT workspace_id, period, count(*) AS messages, min(created_at) AS oldest, max(created_at) AS newest
       FROM given WHERE old_slice_id IS NULL GROUP BY workspace_id, period ORDER BY workspace_id, period) f
     LEFT JOIN LATERAL (SELECT l.id FROM (SELECT id, messages FROM search.slices WHERE generation = $1
       AND workspace_id = f.workspace_id AND period = f.period ORDER BY id DESC LIMIT 1) l
       WHERE l.messages < $28) open ON true
     ON CONFLICT (id) DO UPDATE SET messages = s.messages + excluded.messages,
       oldest = least(s.oldest, excluded.oldest), newest = greatest(s.newest, excluded.newest)
     RETURNING id, workspace_id, period
   ), placed AS (
     SELECT g.*, coalesce(g.old_slice_id, s.id) AS slice_id
     FROM given g LEFT JOIN slice s ON s.workspace_id = g.workspace_id AND s.period = g.period
   ), named AS (
     INSERT INTO search.words (slice_id, word, pairs)
     SELECT w.slice_id, w.word, array_to_tsvector(ARRAY(
       SELECT w.slice_id || '.' || substr(w.word, i, 2) FROM generate_series(1, length(w.word) - 1) i))
     FROM (SELECT DISTINCT n.slice_id, word COLLATE "C" FROM placed n, unnest(string_to_array(n.words, ' ')) word) w
     WHERE length(w.word) > 1
       AND (SELECT k.slice_id FROM search.words k WHERE k.slice_id = w.slice_id AND k.word = w.word) IS NULL
     ORDER BY w.slice_id, w.word ON CONFLICT DO NOTHING
   ), stored AS (
     INSERT INTO search.indexed_messages AS d (generation, chat_id, message_id, seq, version, slice_id, sender_id,
       created_at, reactions, replies, is_pinned, content, lexemes)
     SELECT $1, n.chat_id, n.message_id, n.seq, n.version, n.slice_id, n.sender_id, n.created_at, n.reactions, n.replies,
       n.is_pinned, n.content, replace(n.vector, '${sliceMark}', n.slice_id || '.')::tsvector || ${stems}
         || ${flagLexemes('n.slice_id', 'n.reactions', 'n.replies', 'n.is_pinned')}
     FROM placed n
     ON CONFLICT (generation, chat_id, message_id) DO UPDATE SET version = excluded.version, content = excluded.content,
       reactions = excluded.reactions, replies = excluded.replies, is_pinned = excluded.is_pinned,
       lexemes = excluded.lexemes
     WHERE d.version <= excluded.version
   ), changed AS (
     UPDATE search.indexed_messages d SET version = c.version, reactions = c.reactions, replies = c.replies,
       is_pinned = c.is_pinned, lexemes = ts_delete(d.lexemes, ARRAY[d.slice_id || '.${marks.flag}reaction',
         d.slice_id || '.${marks.flag}thread', d.slice_id || '.${marks.flag}pinned'])
         || ${flagLexemes('d.slice_id', 'c.reactions', 'c.replies', 'c.is_pinned')}
     FROM (
       SELECT o.chat_id, o.message_id, greatest(o.version, max(x.seq) FILTER (WHERE x.pinned IS NULL)) AS version,
         o.reactions + coalesce(sum(x.reactions) FILTER (WHERE x.seq > o.version), 0) AS reactions,
         o.replies + coalesce(sum(x.replies) FILTER (WHERE x.seq > o.version), 0) AS replies,
         coalesce((array_agg(x.pinned ORDER BY x.seq DESC) FILTER (WHERE x.pinned IS NOT NULL))[1], o.is_pinned)
           AS is_pinned
       FROM moved m JOIN unnest($22::bigint[], $23::bigint[], $24::bigint[], $25::int[], $26::int[], $27::boolean[])
         x(chat_id, message_id, seq, reactions, replies, pinned) ON x.chat_id = m.chat_id
       CROSS JOIN LATERAL (SELECT * FROM search.indexed_messages o WHERE o.generation = $1 AND o.chat_id = x.chat_id
         AND o.message_id = x.message_id OFFSET 0) o
       GROUP BY o.chat_id, o.message_id, o.version, o.reactions, o.replies, o.is_pinned
     ) c
     WHERE d.generation = $1 AND d.chat_id = c.chat_id AND d.message_id = c.message_id
   )
   SELECT chat_id FROM moved`,
);

/** Holds the generation, which does not go meanwhile. */
const begin = sql(
  'search.begin_chat',
  `INSERT INTO search.positions (generation, chat_id, seq) SELECT id, $2, 0 FROM search.generations WHERE id = $1
   FOR KEY SHARE ON CONFLICT DO NOTHING`,
);

const positions = sql(
  'search.positions',
  'SELECT chat_id, seq FROM search.positions WHERE generation = $1 AND chat_id = ANY ($2::bigint[])',
);

const hold = sql(
  'search.hold_position',
  'SELECT seq FROM search.positions WHERE generation = $1 AND chat_id = $2 AND seq = $3 FOR UPDATE',
);

const purge = sql(
  'search.purge',
  `WITH removed AS (
     DELETE FROM search.indexed_messages WHERE generation = $1 AND chat_id = $2 AND message_id IN (
       SELECT message_id FROM search.indexed_messages WHERE generation = $1 AND chat_id = $2 LIMIT ${purgeSlice}
     ) RETURNING slice_id, lexemes
   ), left_behind AS (
     INSERT INTO search.left_words (slice_id, lexemes) SELECT slice_id, lexemes FROM removed
   )
   SELECT slice_id FROM removed`,
);

/** What can be found, and the position in each chat's log up to which it is right. */
@Injectable()
export class IndexRepository {
  constructor(
    private readonly database: Database,
    @Optional() private readonly sliceLength = defaultSliceLength,
  ) {}

  /** As Engine.apply. */
  async apply(generation: number, moves: readonly Move[]): Promise<ReadonlySet<number>> {
    const inOrder = moves.toSorted((a, b) => a.chatId - b.chatId);
    const { chatIds: removedFrom, items: removedIds } = ofAll(inOrder, ({ removedIds }) => removedIds);
    const { chatIds: storedIn, items: stored } = ofAll(inOrder, (effects) => effects.stored);
    const { chatIds: changedIn, items: changes } = ofAll(inOrder, (effects) => effects.changes);
    const lexemes: Lexemes[] = [];
    for (const [index, { message }] of stored.entries()) {
      if (index > 0 && index % textsAtOnce === 0) await nextTurn();
      lexemes.push(lexemesOf(message.content, message.sender_id, storedIn[index]!, message.parent_id !== null));
    }
    const rows = await this.database.query<{ chat_id: number }>(apply, [
      generation,
      inOrder.map(({ chatId }) => chatId),
      inOrder.map(({ old }) => old),
      inOrder.map(({ seq }) => seq),
      inOrder.map(({ effects }) => effects.workspaceId ?? null),
      removedFrom,
      removedIds,
      storedIn,
      stored.map(({ message }) => message.id),
      stored.map(({ message }) => message.seq),
      stored.map(({ version }) => version),
      stored.map(({ message }) => message.sender_id),
      stored.map(({ message }) => message.created_at),
      stored.map(({ reactions }) => reactions),
      stored.map(({ replies }) => replies),
      stored.map(({ isPinned }) => isPinned ?? null),
      stored.map(({ message }) => message.content),
      lexemes.map(({ vector }) => vector),
      lexemes.map(({ words }) => words),
      lexemes.map(({ toStem }) => toStem),
      lexemes.map(({ stemmer }) => stemmer),
      changedIn,
      changes.map(({ messageId }) => messageId),
      changes.map(({ seq }) => seq),
      changes.map(({ reactions }) => reactions),
      changes.map(({ replies }) => replies),
      changes.map(({ isPinned }) => isPinned ?? null),
      this.sliceLength,
    ]);
    return new Set(rows.map(({ chat_id }) => chat_id));
  }

  /** As Engine.begin. */
  async begin(generation: number, chatId: number): Promise<number | undefined> {
    const known = (await this.positions(generation, [chatId])).get(chatId);
    if (known !== undefined) return known;
    await this.database.query(begin, [generation, chatId]);
    return (await this.positions(generation, [chatId])).get(chatId);
  }

  /** Positions by chat id; chats that were never seen are left out. */
  async positions(generation: number, chatIds: readonly number[]): Promise<Map<number, number>> {
    const rows = await this.database.query<{ chat_id: number; seq: number }>(positions, [generation, chatIds]);
    return new Map(rows.map((row) => [row.chat_id, row.seq]));
  }

  /**
   * As Engine.purge, in slices. Each holds the position before it looks for messages: what another replica has indexed
   * anew meanwhile stays.
   */
  async purge(generation: number, chatId: number, expected: number): Promise<boolean> {
    for (;;) {
      const removed = await this.database.transaction(async (transaction) => {
        const held = await transaction.query(hold, [generation, chatId, expected]);
        return held.length === 0 ? undefined : transaction.query(purge, [generation, chatId]);
      });
      if (removed === undefined) return false;
      if (removed.length < purgeSlice) return true;
    }
  }
}

/** Something of all moves in one list, with the chat of each. */
function ofAll<Item>(moves: readonly Move[], itemsOf: (effects: Effects) => readonly Item[]) {
  const chatIds: number[] = [];
  const items: Item[] = [];
  for (const { chatId, effects } of moves) {
    for (const item of itemsOf(effects)) {
      chatIds.push(chatId);
      items.push(item);
    }
  }
  return { chatIds, items };
}
