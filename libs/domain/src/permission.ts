import type { ChatRole, ChatType } from '#contracts/chat.contract.js';
import type { WorkspaceRole } from '#contracts/workspace.contract.js';

/** Who may do what in a workspace. A guest sees only the chats that it was added to and its people there. */
const workspacePermissions = {
  rename: ['owner', 'admin'],
  delete: ['owner'],
  import: ['owner'],
  invite: ['owner', 'admin'],
  manage_members: ['owner', 'admin'],
  create_chat: ['owner', 'admin', 'member'],
  add_to_chats: ['owner', 'admin', 'member'],
  browse: ['owner', 'admin', 'member'],
} as const satisfies Record<string, readonly WorkspaceRole[]>;

export type WorkspaceAction = keyof typeof workspacePermissions;

/** What decides about a chat's rules. */
export type ChatTraits = Readonly<{ type: ChatType; is_private: boolean }>;

type ChatKind = 'public_channel' | 'private_channel' | 'group' | 'direct';

/** The least role that may do it; `null`: nobody may. */
const chatPermissions = {
  rename: { public_channel: 'admin', private_channel: 'admin', group: 'member', direct: null },
  configure: { public_channel: 'admin', private_channel: 'admin', group: 'admin', direct: null },
  delete: { public_channel: 'owner', private_channel: 'owner', group: 'owner', direct: null },
  leave: { public_channel: 'member', private_channel: 'member', group: 'member', direct: null },
  add_members: { public_channel: 'member', private_channel: 'admin', group: 'member', direct: null },
  manage_members: { public_channel: 'admin', private_channel: 'admin', group: 'admin', direct: null },
} as const satisfies Record<string, Record<ChatKind, ChatRole | null>>;

/**
 * `rename`: name and description. `configure`: privacy and archive. `manage_members`: remove people and change roles,
 * within `mayChangeChatRole`.
 */
export type ChatAction = keyof typeof chatPermissions;

/** What somebody is to a chat: their role in its workspace and in the chat itself, `null` where they have none. */
export interface Standing {
  readonly workspace_role: WorkspaceRole | null;
  readonly chat_role: ChatRole | null;
}

const chatRank: Readonly<Record<ChatRole, number>> = { member: 1, admin: 2, owner: 3 };

export function mayInWorkspace(role: WorkspaceRole, action: WorkspaceAction): boolean {
  return (workspacePermissions[action] as readonly WorkspaceRole[]).includes(role);
}

/** Members see their chats; public channels are seen by everybody in the workspace but guests. */
export function seesChat({ workspace_role, chat_role }: Standing, chat: ChatTraits): boolean {
  if (workspace_role === null) return false;
  return chat_role !== null || (kindOf(chat) === 'public_channel' && mayInWorkspace(workspace_role, 'browse'));
}

/**
 * The role with which somebody acts in a chat. Owners and admins of the workspace act as owners of every channel that
 * they see, whether they joined it or not; groups and direct chats are the business of their members.
 */
export function actingRole(standing: Standing, chat: ChatTraits): ChatRole | null {
  const { workspace_role, chat_role } = standing;
  const runsWorkspace = workspace_role === 'owner' || workspace_role === 'admin';
  return runsWorkspace && chat.type === 'channel' && seesChat(standing, chat) ? 'owner' : chat_role;
}

export function mayInChat(role: ChatRole | null, chat: ChatTraits, action: ChatAction): boolean {
  const least: ChatRole | null = chatPermissions[action][kindOf(chat)];
  return role !== null && least !== null && chatRank[role] >= chatRank[least];
}

/** Owners give every role; admins neither make owners nor touch them. `to` is `null` for a removal. */
export function mayChangeChatRole(actor: ChatRole | null, from: ChatRole, to: ChatRole | null): boolean {
  if (actor === 'owner') return true;
  return actor === 'admin' && from !== 'owner' && to !== 'owner';
}

/** Owners give every role; admins neither make owners nor touch them. `to` is `null` for a removal. */
export function mayChangeWorkspaceRole(actor: WorkspaceRole, from: WorkspaceRole, to: WorkspaceRole | null): boolean {
  if (actor === 'owner') return true;
  return mayInWorkspace(actor, 'manage_members') && from !== 'owner' && to !== 'owner';
}

function kindOf(chat: ChatTraits): ChatKind {
  if (chat.type !== 'channel') return chat.type;
  return chat.is_private ? 'private_channel' : 'public_channel';
}
