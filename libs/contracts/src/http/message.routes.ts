import { z } from 'zod';
import {
  EditMessage,
  Message,
  MessagePage,
  messageRpc,
  SendBatch,
  SendMessage,
  SentBatch,
} from '../message.contract.js';
import { Done, IdempotencyKey, IdParam, SeqParam } from '../scalar.js';
import { ofId, paging } from './query.js';
import { route } from './route.js';

export const messagesApi = {
  send: route({
    method: 'POST',
    path: '/api/messages',
    summary: 'Send a message',
    description:
      'With an idempotency key, in the body or in the header, repeating is safe: the same message is answered again, to ' +
      'who has left the chat without its reactions and replies. ' +
      'The same key with another content or parent is a CONFLICT. A reply to a reply is refused, one to a deleted ' +
      'message is a CONFLICT.',
    auth: 'user',
    limit: 'send',
    headers: z.object({ 'idempotency-key': IdempotencyKey.optional() }),
    body: SendMessage,
    status: 201,
    reply: Message,
    errors: ['NOT_FOUND', 'FORBIDDEN', 'CONFLICT'],
  }),
  sendBatch: route({
    method: 'POST',
    path: '/api/messages/batch',
    summary: 'Send up to 500 messages at once, all or none',
    description:
      'They may go to several chats. Where one cannot be sent none is, and the error names it: `messages.3.content`. ' +
      'Repeating is safe if every message has an idempotency key. A parent must have been sent before the batch. ' +
      'Every 100 messages begun count as one send.',
    auth: 'user',
    limit: 'send',
    cost: ({ messages }: SendBatch) => Math.ceil(messages.length / 100),
    maxBodyBytes: 512 * 1024,
    body: SendBatch,
    status: 201,
    reply: SentBatch,
    errors: ['NOT_FOUND', 'FORBIDDEN', 'CONFLICT'],
  }),
  list: route({
    method: 'GET',
    path: '/api/messages',
    summary: 'List messages of a chat',
    description:
      'Give at most one of `cursor`, `before_id`, `after_id`, `before_seq`, `after_seq` and `around_id`. `after_*` runs ' +
      'forward from there, everything else newest first. Deleted messages are listed without content. A page of long ' +
      'messages ends early.',
    auth: 'user',
    limit: 'request',
    query: z.strictObject({
      chat_id: IdParam,
      before_id: IdParam.optional(),
      after_id: IdParam.optional(),
      before_seq: SeqParam.optional(),
      after_seq: SeqParam.optional(),
      around_id: IdParam.optional(),
      ...paging(50, 200),
    }),
    status: 200,
    reply: MessagePage,
    errors: ['NOT_FOUND'],
  }),
  get: route({
    method: 'GET',
    path: '/api/messages/{id}',
    summary: 'Read a message',
    auth: 'user',
    limit: 'request',
    params: ofId,
    status: 200,
    reply: Message,
  }),
  thread: route({
    method: 'GET',
    path: '/api/messages/{id}/thread',
    summary: 'List the replies to a message',
    description:
      'Give at most one of `cursor`, `before_seq` and `after_seq`. `after_seq` runs forward from there, everything else ' +
      'newest first. Deleted replies are listed without content. The thread of a deleted message stays readable.',
    auth: 'user',
    limit: 'request',
    params: ofId,
    query: z.strictObject({
      before_seq: SeqParam.optional(),
      after_seq: SeqParam.optional(),
      ...paging(50, 200),
    }),
    status: 200,
    reply: MessagePage,
  }),
  edit: route({
    method: 'PUT',
    path: '/api/messages/{id}',
    summary: 'Edit an own message',
    auth: 'user',
    limit: 'request',
    params: ofId,
    body: EditMessage,
    status: 200,
    reply: Message,
    errors: ['FORBIDDEN', 'CONFLICT'],
  }),
  delete: route({
    method: 'DELETE',
    path: '/api/messages/{id}',
    summary: 'Delete a message: its sender, or an admin of the chat',
    auth: 'user',
    limit: 'request',
    params: ofId,
    status: 200,
    reply: Done,
    errors: ['FORBIDDEN'],
  }),
  history: route({
    method: 'GET',
    path: '/api/messages/{id}/history',
    summary: 'Read what a message said before it was edited',
    auth: 'user',
    limit: 'request',
    params: ofId,
    status: 200,
    reply: messageRpc.history.reply,
  }),
} as const;
