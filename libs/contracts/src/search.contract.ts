import { z } from 'zod';
import { rpc } from './contract.js';
import { Cursor, Id, limit, Seq, text, Timestamp } from './scalar.js';
import { User } from './user.contract.js';

export const SearchSort = z.enum(['relevance', 'recent']);

export const SearchMessages = z
  .strictObject({
    query: text(1, 512)
      .refine((value) => value.trim() !== '', { error: 'Must not be blank' })
      .describe(
        'Words, "phrases", -not, OR, begin*, *inside*, from:@name, in:#chat, before: after: on: (2026-03-01, 2026-03, ' +
          '2026, today, yesterday; UTC), has:link|file|reaction|thread, is:pinned|thread. The last word may be a beginning. ' +
          'A name with spaces in quotation marks: in:"team chat".',
      ),
    workspace_id: Id.optional(),
    filters: z
      .strictObject({
        chat_ids: z.array(Id).min(1).max(100).optional(),
        sender_ids: z.array(Id).min(1).max(100).optional(),
        date_from: z.iso.datetime({ offset: true }).optional(),
        date_to: z.iso.datetime({ offset: true }).optional(),
        has: z
          .array(z.enum(['link', 'file', 'reaction', 'thread']))
          .max(4)
          .optional(),
        is: z
          .array(z.enum(['pinned', 'thread']))
          .max(2)
          .optional(),
      })
      .default({}),
    sort: SearchSort.default('relevance'),
    limit: limit(20, 100),
    cursor: Cursor.optional(),
    context: z.int().min(0).max(5).default(0).describe('How many messages on either side come with each result'),
  })
  .meta({ id: 'SearchMessages' });

/** A message beside one that was found. */
export const SearchContext = z
  .strictObject({ message_id: Id, seq: Seq, content: z.string(), sender: User, created_at: Timestamp })
  .meta({ id: 'SearchContext' });
export type SearchContext = z.infer<typeof SearchContext>;

export const SearchResult = SearchContext.extend({
  chat_id: Id,
  chat_name: z.string(),
  highlight: z
    .string()
    .describe('HTML-escaped text; what matched stands in <mark>. Of a long text the parts that matter'),
  score: z.number().describe('How well it fits; 0 in the order of time'),
  context: z
    .array(SearchContext)
    .optional()
    .describe(
      'The messages before and after it in the chat, in their order, when `context` was asked for; of each the first ' +
        '1,000 characters',
    ),
}).meta({ id: 'SearchResult' });
export type SearchResult = z.infer<typeof SearchResult>;

export const SearchPage = z
  .strictObject({
    results: z.array(SearchResult),
    total: z.int().min(0),
    total_is_exact: z.boolean().describe('Totals are counted up to 1,000'),
    partial: z.boolean().describe('The time was up, or the index is being filled: there may be more than was found'),
    next_cursor: Cursor.nullable(),
    processing_time_ms: z.number(),
  })
  .meta({ id: 'SearchPage' });
export type SearchPage = z.infer<typeof SearchPage>;

export const searchRpc = {
  /** Only messages of chats that the caller may read now. */
  messages: rpc('search.messages', 'user', SearchMessages, SearchPage),
} as const;
