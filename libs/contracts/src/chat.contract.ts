import { z } from 'zod';
import { rpc } from './contract.js';
import { Cursor, Done, Id, limit, page, text, Timestamp } from './scalar.js';

export const ChatType = z.enum(['channel', 'group', 'direct']);
export type ChatType = z.infer<typeof ChatType>;

export const ChatRole = z.enum(['owner', 'admin', 'member']);
export type ChatRole = z.infer<typeof ChatRole>;

/** Shown as `#name`; for direct chats the empty string. */
export const ChatName = text(1, 80).refine((name) => name.trim() === name && !/[\p{Cc}]/u.test(name), {
  error: 'Must not begin or end with white space, nor contain control characters',
});
export const ChatDescription = text(0, 1000);

export const Chat = z
  .strictObject({
    id: Id,
    workspace_id: Id,
    name: text(0, 80),
    type: ChatType,
    description: ChatDescription,
    is_private: z.boolean(),
    is_archived: z.boolean(),
    member_count: z.int(),
    created_by: Id,
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Chat' });
export type Chat = z.infer<typeof Chat>;

export const NewChat = z
  .strictObject({
    workspace_id: Id,
    name: ChatName,
    type: z.enum(['channel', 'group']),
    description: ChatDescription.default(''),
    is_private: z.boolean().optional().describe('Channels are public unless said otherwise; groups are always private'),
    member_ids: z.array(Id).max(500).default([]),
  })
  .meta({ id: 'NewChat' });

export const UpdateChat = z
  .strictObject({
    name: ChatName.optional(),
    description: ChatDescription.optional(),
    is_private: z.boolean().optional(),
    is_archived: z.boolean().optional().describe('Nothing can be sent into an archived chat'),
  })
  .meta({ id: 'UpdateChat' });

export const NewDirectChat = z
  .strictObject({ workspace_id: Id, user_ids: z.array(Id).min(1).max(20) })
  .meta({ id: 'NewDirectChat' });

export const ChatMember = z
  .strictObject({ user_id: Id, role: ChatRole, joined_at: Timestamp })
  .meta({ id: 'ChatMember' });
export type ChatMember = z.infer<typeof ChatMember>;

export const AddMembers = z
  .strictObject({ user_ids: z.array(Id).min(1).max(500), role: ChatRole.exclude(['owner']).default('member') })
  .meta({ id: 'AddMembers' });

const ofChat = { chat_id: Id };

/**
 * chat owns chats and who belongs to them. What the caller is not a member of is NOT_FOUND, save public channels of
 * their workspaces (not for guests). No answer names a chat whose hand-over to the message service is still open.
 */
export const chatRpc = {
  create: rpc('chat.create', 'user', NewChat, Chat),
  direct: rpc('chat.direct', 'user', NewDirectChat, Chat),
  browse: rpc(
    'chat.browse',
    'user',
    z.strictObject({ workspace_id: Id, q: text(0, 80).default(''), limit: limit(50, 200), cursor: Cursor.optional() }),
    z.strictObject({ chats: z.array(Chat), ...page }),
  ),
  get: rpc('chat.get', 'user', z.strictObject(ofChat), Chat),
  /**
   * Those of the ids that the caller is a member of; the others are left out. `rest_ids` are those that the reply had no
   * room for, which takes hundreds of chats with the longest descriptions.
   */
  getMany: rpc(
    'chat.get_many',
    'user',
    z.strictObject({ ids: z.array(Id).max(1000) }),
    z.strictObject({ chats: z.array(Chat), rest_ids: z.array(Id) }),
  ),
  /** Chats that the caller may open, by name: theirs and public channels of the workspace. */
  search: rpc(
    'chat.search',
    'user',
    z.strictObject({ workspace_id: Id.optional(), query: text(1, 80), limit: limit(20, 100) }),
    z.strictObject({ chats: z.array(Chat) }),
  ),
  update: rpc('chat.update', 'user', UpdateChat.extend(ofChat), Chat),
  delete: rpc('chat.delete', 'user', z.strictObject(ofChat), Done),
  join: rpc('chat.join', 'user', z.strictObject(ofChat), Chat),
  leave: rpc('chat.leave', 'user', z.strictObject(ofChat), Done),
  listMembers: rpc(
    'chat.member.list',
    'user',
    z.strictObject({ ...ofChat, limit: limit(100, 1000), cursor: Cursor.optional() }),
    z.strictObject({ members: z.array(ChatMember), ...page }),
  ),
  addMembers: rpc(
    'chat.member.add',
    'user',
    AddMembers.extend(ofChat),
    z.strictObject({ members: z.array(ChatMember) }),
  ),
  setRole: rpc('chat.member.set_role', 'user', z.strictObject({ ...ofChat, user_id: Id, role: ChatRole }), ChatMember),
  removeMember: rpc('chat.member.remove', 'user', z.strictObject({ ...ofChat, user_id: Id }), Done),
} as const;
