import { z } from 'zod';
import { Chat } from '../chat.contract.js';
import { IdParam, limitParam, text } from '../scalar.js';
import { SearchMessages, SearchPage, SearchSort } from '../search.contract.js';
import { User } from '../user.contract.js';
import { idListParam, listOf, paging } from './query.js';
import { route } from './route.js';

const filters = SearchMessages.shape.filters.unwrap().shape;

const namePart =
  'Equal names come first, then those that begin with it, those of which a word does, those that contain it, and from ' +
  'four letters on those that are similar. One or two letters find beginnings only.';

/** Only what the caller may see now is found. */
export const searchApi = {
  messages: route({
    method: 'POST',
    path: '/api/search/messages',
    summary: 'Search messages',
    auth: 'user',
    limit: 'search',
    body: SearchMessages,
    status: 200,
    reply: SearchPage,
  }),
  messagesByQuery: route({
    method: 'GET',
    path: '/api/search/messages',
    summary: 'Search messages, with everything in the query string',
    auth: 'user',
    limit: 'search',
    query: z.strictObject({
      q: SearchMessages.shape.query,
      workspace_id: IdParam.optional(),
      chat_ids: idListParam(100).optional(),
      sender_ids: idListParam(100).optional(),
      date_from: filters.date_from,
      date_to: filters.date_to,
      sort: SearchSort.default('relevance'),
      context: z
        .string()
        .regex(/^[0-5]$/, 'Must be a whole number from 0 to 5')
        .transform(Number)
        .pipe(z.int().min(0).max(5))
        .default(0),
      ...paging(20, 100),
    }),
    status: 200,
    reply: SearchPage,
  }),
  users: route({
    method: 'GET',
    path: '/api/search/users',
    summary: 'Find users whom the caller may see by name, best first, in spite of typos',
    auth: 'user',
    limit: 'search',
    query: z.strictObject({
      q: text(1, 64).describe(namePart),
      workspace_id: IdParam.optional(),
      limit: limitParam(20, 100),
    }),
    status: 200,
    reply: listOf('users', User),
  }),
  chats: route({
    method: 'GET',
    path: '/api/search/chats',
    summary: 'Find chats that the caller may open by name, best first, in spite of typos',
    auth: 'user',
    limit: 'search',
    query: z.strictObject({
      q: text(1, 80).describe(namePart),
      workspace_id: IdParam.optional(),
      limit: limitParam(20, 100),
    }),
    status: 200,
    reply: listOf('chats', Chat),
  }),
} as const;
