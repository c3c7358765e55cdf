import { z } from 'zod';
import { Message } from '../message.contract.js';
import { Emoji, NewReaction } from '../reaction.contract.js';
import { IdParam } from '../scalar.js';
import { ofId } from './query.js';
import { route } from './route.js';

export const reactionsApi = {
  add: route({
    method: 'POST',
    path: '/api/messages/{id}/reactions',
    summary: 'React to a message',
    description:
      'Answers the message as it is now; adding twice is one. A message has at most 20 different emoji, more are a ' +
      'CONFLICT, as is a deleted message. FORBIDDEN in an archived chat.',
    auth: 'user',
    limit: 'request',
    params: ofId,
    body: NewReaction,
    status: 200,
    reply: Message,
    errors: ['FORBIDDEN', 'CONFLICT'],
  }),
  remove: route({
    method: 'DELETE',
    path: '/api/messages/{id}/reactions/{emoji}',
    summary: 'Take back an own reaction',
    description: 'Answers the message as it is now; taking back what is not there changes nothing.',
    auth: 'user',
    limit: 'request',
    params: z.strictObject({ id: IdParam, emoji: Emoji }),
    status: 200,
    reply: Message,
    errors: ['FORBIDDEN', 'CONFLICT'],
  }),
} as const;
