import { examples } from '#database/example.js';
import { sliceMark } from './engine/lexemes.js';

/** Of the chat with the most messages among those indexed last. */
interface Facts {
  readonly chat: number;
  readonly chats: number[];
  readonly seq: number;
  readonly message: number;
  readonly common: string;
  readonly slices: number[];
}

const facts = `
  SELECT d.chat_id AS chat, p.seq, d.message_id AS message, lower(split_part(d.content, ' ', 1)) AS common,
    ARRAY(SELECT chat_id FROM search.positions WHERE generation = 1 ORDER BY chat_id LIMIT 500) AS chats,
    ARRAY(SELECT id FROM search.slices WHERE generation = 1 ORDER BY newest DESC LIMIT 4) AS slices
  FROM (
    SELECT chat_id FROM (SELECT chat_id FROM search.indexed_messages WHERE generation = 1 LIMIT 10000) sample
    GROUP BY 1 ORDER BY count(*) DESC LIMIT 1
  ) busiest
  JOIN search.positions p USING (chat_id)
  CROSS JOIN LATERAL (
    SELECT * FROM search.indexed_messages WHERE generation = 1 AND chat_id = busiest.chat_id
    ORDER BY generation DESC, chat_id DESC, message_id DESC LIMIT 1
  ) d WHERE p.generation = 1`;

/** More than a page is looked at: matches are counted up to 1,000 in every slice, and sorted. */
const counted = { sorted: 15_000, scanned: 1_000 };

const wordOf = (f: Facts) => [[`'${sliceMark}${f.common}'`], [null], [null]];
const partOfWord = [
  ['', ''],
  ['eedl', null],
  [['ee', 'ed', 'dl'].map((pair) => `'${sliceMark}${pair}'`).join(' & '), null],
];

/** The parameters of `search.find` for this query; a later page begins behind a message of the time `after`. */
function asked(
  f: Facts,
  query: readonly unknown[],
  { isRanked = false, after }: { isRanked?: boolean; after?: Date } = {},
) {
  const behind = after === undefined ? [null, null] : [after, f.message];
  return [
    ...[...query, f.chats, null, null, ...(isRanked ? [null, null] : behind), 1_001, 2_000],
    ...[isRanked, after ?? null, 21, after === undefined ? null : isRanked ? 0.5 : 0, ...behind],
    ...[1_001, 1_001, 2_000, `'${sliceMark}${f.common}'`],
  ];
}

export const searchExamples = examples<Facts>(facts, {
  'search.apply': {
    params: (f) => [
      ...[1, [f.chat], [f.seq], [f.seq + 1], [null], [f.chat], [f.message]],
      ...[[f.chat], [900_000_001], [f.seq + 1], [f.seq + 1], [1], [new Date()], [0], [0], [null], ['an example']],
      ...[[`'${sliceMark}an':1 '${sliceMark}example':2`], ['an example'], ['an example'], ['english_stem']],
      ...[[], [], [], [], [], [], 16_384],
    ],
    buffers: 30,
    index: ['positions_pkey', 'idx_slices_workspace', 'words_pkey', 'indexed_messages_pkey'],
  },
  'search.begin_chat': { params: (f) => [1, f.chat], buffers: 12 },
  'search.begin_generation': { params: () => [], buffers: 10 },
  'search.build_progress': { params: () => [1], buffers: 810, cold: 'the command that builds the index anew' },
  'search.chats_after': { params: () => [0], buffers: 60 },
  'search.compare': {
    params: (f) => [1, f.chat, 0, 0],
    buffers: 810,
    cold: 'the command that compares index and log',
  },
  'search.complete_generation': { params: () => [1], buffers: 10 },
  'search.forget_words': { params: () => [], buffers: 4_400, cold: 'forgets the words of some deleted messages' },
  'search.generations': { params: () => [], buffers: 5 },
  'search.find': {
    params: (f) => asked(f, wordOf(f)),
    also: {
      'a part of a word': (f) => asked(f, partOfWord),
      'by relevance': (f) => asked(f, wordOf(f), { isRanked: true }),
      'a later page': (f) => asked(f, wordOf(f), { after: new Date(Date.now() - 3_600_000) }),
      'a later page by relevance': (f) => asked(f, wordOf(f), { isRanked: true, after: new Date() }),
    },
    buffers: 870,
    index: ['idx_messages_content_gin', 'idx_slices_workspace', 'idx_words_pairs', 'positions_pkey'],
    bounds: counted,
  },
  'search.hold_position': { params: (f) => [1, f.chat, f.seq], buffers: 20 },
  'search.left_words': { params: () => [], buffers: 10 },
  'search.neighbours': { params: (f) => [1, [f.chat], [f.message], 2], buffers: 20, index: ['indexed_messages_pkey'] },
  'search.positions': { params: (f) => [1, f.chats], buffers: 30, index: ['positions_pkey'], bounds: { sorted: 0 } },
  'search.purge': { params: (f) => [1, f.chat], buffers: 14_000, cold: 'removes a deleted chat in slices of 1,000' },
  'search.retire': { params: () => [1], buffers: 10 },
  'search.retire_documents': { params: () => [], buffers: 3_100, cold: 'empties the index of the last release' },
  'search.retire_messages': { params: () => [1], buffers: 14_000, cold: 'removes an index that was replaced' },
  'search.retire_positions': { params: () => [1], buffers: 50, cold: 'ends the writing to an index that was replaced' },
  'search.retire_slices': { params: () => [1], buffers: 120, cold: 'what is left of an index that was replaced' },
  'search.retire_words': {
    params: () => [1],
    buffers: 14_000,
    cold: 'removes the words of an index that was replaced',
  },
  'search.stems': { params: () => [['running'], ['english_stem', 'german_stem']], buffers: 50 },
});
