import { z } from 'zod';
import { rpc } from './contract.js';
import { Chat, ChatRole } from './chat.contract.js';
import { Done, Id } from './scalar.js';

/** What of a chat is written into its log. */
export const LoggedChat = Chat.pick({
  id: true,
  workspace_id: true,
  name: true,
  type: true,
  description: true,
  is_private: true,
  is_archived: true,
});
export type LoggedChat = z.infer<typeof LoggedChat>;

export const AccessMember = z.strictObject({ user_id: Id, role: ChatRole });
export type AccessMember = z.infer<typeof AccessMember>;

/** A change of a chat or of who belongs to it, as chat hands it over to message. */
export const AccessChange = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('chat.created'), chat: LoggedChat, members: z.array(AccessMember).max(501) }),
  z.strictObject({ type: z.literal('chat.updated'), chat: LoggedChat }),
  z.strictObject({ type: z.literal('chat.deleted') }),
  z.strictObject({ type: z.literal('member.added'), members: z.array(AccessMember).min(1).max(500) }),
  z.strictObject({ type: z.literal('member.updated'), member: AccessMember }),
  z.strictObject({ type: z.literal('member.removed'), user_ids: z.array(Id).min(1).max(500) }),
]);
export type AccessChange = z.infer<typeof AccessChange>;

export const AccessHandOver = z.strictObject({
  chat_id: Id,
  workspace_id: Id,
  version: z.int().min(1),
  actor_id: Id,
  change: AccessChange,
});
export type AccessHandOver = z.infer<typeof AccessHandOver>;

/** message enforces what chat decides. */
export const accessRpc = {
  /**
   * Applies exactly the next version of a chat; an older one is answered as done, a later one changes nothing.
   * The answer is the version that message has now.
   */
  apply: rpc('message.access.apply', 'service', AccessHandOver, z.strictObject({ version: z.int().min(0) })),
  /** From now on the user reads and sends nothing in any chat of the workspace, whatever the chats' own entries say. */
  deny: rpc('message.access.deny', 'service', z.strictObject({ workspace_id: Id, user_id: Id }), Done),
  /** Ends a denial: when a removed user is admitted again, after all entries of the removal are applied. */
  allow: rpc('message.access.allow', 'service', z.strictObject({ workspace_id: Id, user_id: Id }), Done),
} as const;
