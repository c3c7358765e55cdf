import { z } from 'zod';
import { AddMembers, ChatMember, ChatRole, chatRpc } from '../chat.contract.js';
import { Done } from '../scalar.js';
import { listOf, ofId, ofMember, paging } from './query.js';
import { route } from './route.js';

export const SetChatRole = z.strictObject({ role: ChatRole }).meta({ id: 'SetChatRole' });

/** Who belongs to a chat. */
export const chatMembersApi = {
  list: route({
    method: 'GET',
    path: '/api/chats/{id}/members',
    summary: 'List the members of a chat',
    auth: 'user',
    limit: 'request',
    params: ofId,
    query: z.strictObject(paging(100, 1000)),
    status: 200,
    reply: listOf('members', ChatMember),
  }),
  add: route({
    method: 'POST',
    path: '/api/chats/{id}/members',
    summary: 'Add members of the workspace to a chat',
    description: 'All or nobody; CONFLICT when one of them is in 9,000 chats.',
    auth: 'user',
    limit: 'request',
    params: ofId,
    body: AddMembers,
    status: 201,
    reply: chatRpc.addMembers.reply,
    errors: ['FORBIDDEN', 'CONFLICT'],
  }),
  setRole: route({
    method: 'PUT',
    path: '/api/chats/{id}/members/{user_id}',
    summary: 'Change the role of a member of a chat',
    auth: 'user',
    limit: 'request',
    params: ofMember,
    body: SetChatRole,
    status: 200,
    reply: ChatMember,
    errors: ['FORBIDDEN', 'CONFLICT'],
  }),
  remove: route({
    method: 'DELETE',
    path: '/api/chats/{id}/members/{user_id}',
    summary: 'Remove a member from a chat',
    auth: 'user',
    limit: 'request',
    params: ofMember,
    status: 200,
    reply: Done,
    errors: ['FORBIDDEN', 'CONFLICT'],
  }),
} as const;
