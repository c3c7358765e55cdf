import { examples } from '#database/example.js';

/** Of the chat with the most documents among those indexed last. */
interface Facts {
  readonly chat: number;
  readonly chats: number[];
  readonly seq: number;
  readonly document: number;
  readonly common: string;
}

const facts = `
  SELECT d.chat_id AS chat, h.seq, d.message_id AS document, split_part(d.content, ' ', 1) AS common,
    ARRAY(SELECT chat_id FROM search.index_heads ORDER BY chat_id LIMIT 500) AS chats
  FROM (
    SELECT chat_id FROM (SELECT chat_id FROM search.documents ORDER BY created_at DESC, message_id DESC LIMIT 10000) recent
    GROUP BY 1 ORDER BY count(*) DESC LIMIT 1
  ) busiest
  JOIN search.index_heads h USING (chat_id)
  CROSS JOIN LATERAL (
    SELECT * FROM search.documents WHERE chat_id = busiest.chat_id ORDER BY created_at DESC, message_id DESC LIMIT 1
  ) d`;

const word = (text: string, chats: readonly number[]) => [text, '', `'${text}':*`, text, '', chats, null, null, null];
const page = [null, null, null, 21];

export const searchExamples = examples<Facts>(facts, {
  'search.apply': {
    params: (f) => [
      ...[f.chat, f.seq, f.seq + 1, [f.document], [900_000_001], [f.seq + 1], [f.seq + 1], [1], [new Date()]],
      ...[['an example'], ['an example'], ['']],
    ],
    buffers: 15,
  },
  'search.begin_chat': { params: (f) => [f.chat], buffers: 10 },
  'search.by_relevance': {
    params: (f) => [...word(f.common, f.chats), ...page],
    buffers: 1_000,
    bounds: { sorted: 10_000 },
    mode: 'custom',
  },
  'search.by_time': { params: (f) => [...word(f.common, f.chats), ...page], buffers: 10, mode: 'custom' },
  // A common word is met often: reading until there are enough is quicker than collecting all that an index names.
  'search.count': {
    params: (f) => word(f.common, f.chats),
    buffers: 300,
    bounds: { scanned: 2_000 },
    mode: 'custom',
  },
  'search.few_matches': { params: () => [], buffers: 5 },
  'search.positions': { params: (f) => [f.chats], buffers: 15 },
  'search.purge': { params: (f) => [f.chat], buffers: 14_000, cold: 'removes a deleted chat in slices of 1,000' },
  'search.settings': { params: () => [], buffers: 5 },
});
