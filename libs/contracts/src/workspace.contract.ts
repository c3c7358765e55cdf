import { z } from 'zod';
import { rpc } from './contract.js';
import { Cursor, Done, Email, Id, limit, page, text, Timestamp, Username } from './scalar.js';

export const WorkspaceRole = z.enum(['owner', 'admin', 'member', 'guest']);
export type WorkspaceRole = z.infer<typeof WorkspaceRole>;

export const WorkspaceName = text(1, 100);

/** A workspace as one of its members sees it; `role` is the caller's. */
export const Workspace = z
  .strictObject({ id: Id, name: z.string(), role: WorkspaceRole, created_at: Timestamp, updated_at: Timestamp })
  .meta({ id: 'Workspace' });
export type Workspace = z.infer<typeof Workspace>;

export const WorkspaceStats = z.strictObject({
  member_count: z.int(),
  chat_count: z.int(),
  message_count: z.int().describe('Messages of all chats of the workspace that were not deleted'),
});

export const WorkspaceDetail = Workspace.extend({ stats: WorkspaceStats }).meta({ id: 'WorkspaceDetail' });
export type WorkspaceDetail = z.infer<typeof WorkspaceDetail>;

export const WorkspaceMember = z
  .strictObject({ user_id: Id, role: WorkspaceRole, joined_at: Timestamp })
  .meta({ id: 'WorkspaceMember' });
export type WorkspaceMember = z.infer<typeof WorkspaceMember>;

export const InviteBody = z
  .strictObject({
    email: Email.optional().describe('Only the user with this address may accept'),
    role: z.enum(['admin', 'member', 'guest']).default('member'),
    expires_in_days: z.int().min(1).max(365).default(7),
  })
  .meta({ id: 'NewInvite' });

export const Invite = z
  .strictObject({
    invite_code: z.string(),
    email: Email.nullable(),
    role: WorkspaceRole,
    created_by: Id,
    expires_at: Timestamp,
    created_at: Timestamp,
  })
  .meta({ id: 'Invite' });
export type Invite = z.infer<typeof Invite>;

const ofWorkspace = { workspace_id: Id };

/** chat owns workspaces. What the caller is not a member of is NOT_FOUND. */
export const workspaceRpc = {
  /** Makes the user's own workspace with its `general` channel unless it exists; done when both are usable. */
  ensurePersonal: rpc(
    'chat.workspace.ensure_personal',
    'service',
    z.strictObject({ user_id: Id, username: Username }),
    z.strictObject({ workspace_id: Id }),
  ),
  list: rpc('chat.workspace.list', 'user', z.strictObject({}), z.strictObject({ workspaces: z.array(Workspace) })),
  create: rpc('chat.workspace.create', 'user', z.strictObject({ name: WorkspaceName }), Workspace),
  get: rpc('chat.workspace.get', 'user', z.strictObject(ofWorkspace), WorkspaceDetail),
  update: rpc('chat.workspace.update', 'user', z.strictObject({ ...ofWorkspace, name: WorkspaceName }), Workspace),
  delete: rpc('chat.workspace.delete', 'user', z.strictObject(ofWorkspace), Done),
  listMembers: rpc(
    'chat.workspace.member.list',
    'user',
    z.strictObject({ ...ofWorkspace, limit: limit(100, 1000), cursor: Cursor.optional() }),
    z.strictObject({ members: z.array(WorkspaceMember), ...page }),
  ),
  setRole: rpc(
    'chat.workspace.member.set_role',
    'user',
    z.strictObject({ ...ofWorkspace, user_id: Id, role: WorkspaceRole }),
    WorkspaceMember,
  ),
  /** Also how one leaves: with one's own id. */
  removeMember: rpc('chat.workspace.member.remove', 'user', z.strictObject({ ...ofWorkspace, user_id: Id }), Done),
  /**
   * Whom the caller may see, of `ids` or altogether: everybody of their workspaces, or for a guest those they share a chat
   * with. When these are more than a thousand, none is named and `has_more` is true.
   */
  visibleUsers: rpc(
    'chat.workspace.visible_users',
    'user',
    z.strictObject({ workspace_id: Id.optional(), ids: z.array(Id).max(1000).optional() }),
    z.strictObject({ user_ids: z.array(Id).max(1000), has_more: z.boolean() }),
  ),
  createInvite: rpc('chat.invite.create', 'user', InviteBody.extend(ofWorkspace), Invite),
  listInvites: rpc(
    'chat.invite.list',
    'user',
    z.strictObject(ofWorkspace),
    z.strictObject({ invites: z.array(Invite) }),
  ),
  deleteInvite: rpc('chat.invite.delete', 'user', z.strictObject({ ...ofWorkspace, invite_code: text(1, 64) }), Done),
  acceptInvite: rpc('chat.invite.accept', 'user', z.strictObject({ invite_code: text(1, 64) }), Workspace),
} as const;
