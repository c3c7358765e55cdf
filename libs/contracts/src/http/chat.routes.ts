import { z } from 'zod';
import { Chat, NewChat, NewDirectChat, UpdateChat } from '../chat.contract.js';
import { LogPage } from '../log.contract.js';
import { InboxChat, messageRpc } from '../message.contract.js';
import { Done, IdParam, limitParam, Seq, SeqParam, text } from '../scalar.js';
import { listOf, ofId, paging } from './query.js';
import { route } from './route.js';

/** One of the caller's chats as the list shows it. */
export const ChatSummary = Chat.pick({
  id: true,
  workspace_id: true,
  name: true,
  type: true,
  description: true,
  is_private: true,
  is_archived: true,
  member_count: true,
})
  .extend(
    InboxChat.pick({
      role: true,
      unread_count: true,
      mention_count: true,
      last_seq: true,
      read_seq: true,
      last_activity_at: true,
      last_message: true,
    }).shape,
  )
  .meta({ id: 'ChatSummary' });
export type ChatSummary = z.infer<typeof ChatSummary>;

export const ReadBody = z.strictObject({ seq: Seq }).meta({ id: 'ReadPosition' });

export const chatsApi = {
  list: route({
    method: 'GET',
    path: '/api/chats',
    summary: 'List the chats of the caller, newest activity first',
    auth: 'user',
    limit: 'request',
    query: z.strictObject({ workspace_id: IdParam.optional(), ...paging(200, 1000) }),
    status: 200,
    reply: listOf('chats', ChatSummary),
    etag: true,
  }),
  create: route({
    method: 'POST',
    path: '/api/chats',
    summary: 'Create a channel or a group; the caller owns it',
    description:
      'CONFLICT when a channel of the workspace has the name, when the caller has made 1,000 chats there that were not ' +
      'deleted, or when somebody is in 9,000 chats.',
    auth: 'user',
    limit: 'request',
    body: NewChat,
    status: 201,
    reply: Chat,
    errors: ['FORBIDDEN', 'NOT_FOUND', 'CONFLICT'],
  }),
  direct: route({
    method: 'POST',
    path: '/api/chats/direct',
    summary: 'Open the one direct chat of exactly these people; it is made if missing',
    description: 'CONFLICT when it is missing and would be one too many for the caller, or for one of them: see above.',
    auth: 'user',
    limit: 'request',
    body: NewDirectChat,
    status: 200,
    reply: Chat,
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
  browse: route({
    method: 'GET',
    path: '/api/chats/browse',
    summary: 'List public channels that can be joined',
    auth: 'user',
    limit: 'request',
    query: z.strictObject({ workspace_id: IdParam, q: text(0, 80).default(''), ...paging(50, 200) }),
    status: 200,
    reply: listOf('chats', Chat),
    errors: ['NOT_FOUND'],
  }),
  get: route({
    method: 'GET',
    path: '/api/chats/{id}',
    summary: 'Read a chat',
    auth: 'user',
    limit: 'request',
    params: ofId,
    status: 200,
    reply: Chat,
  }),
  update: route({
    method: 'PUT',
    path: '/api/chats/{id}',
    summary: 'Change a chat',
    description: 'Fields that are left out stay as they are.',
    auth: 'user',
    limit: 'request',
    params: ofId,
    body: UpdateChat,
    status: 200,
    reply: Chat,
    errors: ['FORBIDDEN', 'CONFLICT'],
  }),
  delete: route({
    method: 'DELETE',
    path: '/api/chats/{id}',
    summary: 'Delete a chat for everybody',
    auth: 'user',
    limit: 'request',
    params: ofId,
    status: 200,
    reply: Done,
    errors: ['FORBIDDEN'],
  }),
  join: route({
    method: 'POST',
    path: '/api/chats/{id}/join',
    summary: 'Join a public channel',
    description: 'CONFLICT for a caller who is in 9,000 chats.',
    auth: 'user',
    limit: 'request',
    params: ofId,
    status: 200,
    reply: Chat,
    errors: ['FORBIDDEN', 'CONFLICT'],
  }),
  leave: route({
    method: 'POST',
    path: '/api/chats/{id}/leave',
    summary: 'Leave a chat; its history stays',
    auth: 'user',
    limit: 'request',
    params: ofId,
    status: 200,
    reply: Done,
    errors: ['FORBIDDEN', 'CONFLICT'],
  }),
  read: route({
    method: 'POST',
    path: '/api/chats/{id}/read',
    summary: 'Move the read position forward; it never moves back',
    auth: 'user',
    limit: 'request',
    params: ofId,
    body: ReadBody,
    status: 200,
    reply: messageRpc.read.reply,
  }),
  log: route({
    method: 'GET',
    path: '/api/chats/{id}/log',
    summary: 'Read the log of a chat, to catch up',
    description: 'Every durable change of the chat after the seq `after`, in order and without holes.',
    auth: 'user',
    limit: 'request',
    params: ofId,
    query: z.strictObject({ after: SeqParam.prefault('0'), limit: limitParam(200, 500) }),
    status: 200,
    reply: LogPage,
  }),
  typing: route({
    method: 'POST',
    path: '/api/chats/{id}/typing',
    summary: 'Say that the caller is typing, for the next few seconds',
    auth: 'user',
    limit: 'request',
    params: ofId,
    status: 200,
    reply: Done,
  }),
} as const;
