import { z } from 'zod';
import { rpc } from './contract.js';
import { Cursor, Id, limit, Seq, text, Timestamp } from './scalar.js';
import { User } from './user.contract.js';

export const SearchSort = z.enum(['relevance', 'recent']);

export const SearchMessages = z
  .strictObject({
    query: text(1, 512).refine((value) => value.trim() !== '', { error: 'Must not be blank' }),
    workspace_id: Id.optional(),
    filters: z
      .strictObject({
        chat_ids: z.array(Id).min(1).max(100).optional(),
        sender_ids: z.array(Id).min(1).max(100).optional(),
        date_from: z.iso.datetime({ offset: true }).optional(),
        date_to: z.iso.datetime({ offset: true }).optional(),
      })
      .default({}),
    sort: SearchSort.default('relevance'),
    limit: limit(20, 100),
    cursor: Cursor.optional(),
  })
  .meta({ id: 'SearchMessages' });

export const SearchResult = z
  .strictObject({
    message_id: Id,
    chat_id: Id,
    chat_name: z.string(),
    seq: Seq,
    content: z.string(),
    highlight: z.string().describe('HTML-escaped text; what matched stands in <mark>'),
    sender: User,
    created_at: Timestamp,
    score: z.number(),
  })
  .meta({ id: 'SearchResult' });
export type SearchResult = z.infer<typeof SearchResult>;

export const SearchPage = z
  .strictObject({
    results: z.array(SearchResult),
    total: z.int().min(0),
    total_is_exact: z.boolean(),
    next_cursor: Cursor.nullable(),
    processing_time_ms: z.number(),
  })
  .meta({ id: 'SearchPage' });
export type SearchPage = z.infer<typeof SearchPage>;

export const searchRpc = {
  /** Only messages of chats that the caller may read now. */
  messages: rpc('search.messages', 'user', SearchMessages, SearchPage),
} as const;
