import { z } from 'zod';
import { mostPins, PinPage } from '../pin.contract.js';
import { Done } from '../scalar.js';
import { ofId, paging } from './query.js';
import { route } from './route.js';

export const pinsApi = {
  add: route({
    method: 'PUT',
    path: '/api/messages/{id}/pin',
    summary: 'Pin a message in its chat',
    description:
      'Every member may; pinning twice is one. At most 100 messages are pinned in a chat, more are a CONFLICT, as is a ' +
      'deleted message. FORBIDDEN in an archived chat.',
    auth: 'user',
    limit: 'request',
    params: ofId,
    status: 200,
    reply: Done,
    errors: ['FORBIDDEN', 'CONFLICT'],
  }),
  remove: route({
    method: 'DELETE',
    path: '/api/messages/{id}/pin',
    summary: 'Unpin a message; unpinning what is not pinned changes nothing',
    auth: 'user',
    limit: 'request',
    params: ofId,
    status: 200,
    reply: Done,
    errors: ['FORBIDDEN', 'CONFLICT'],
  }),
  list: route({
    method: 'GET',
    path: '/api/chats/{id}/pins',
    summary: 'List the pinned messages of a chat, the last pinned first',
    auth: 'user',
    limit: 'request',
    params: ofId,
    query: z.strictObject(paging(50, mostPins)),
    status: 200,
    reply: PinPage,
  }),
} as const;
