import { Injectable } from '@nestjs/common';
import { FechatterError, notFound } from '#contracts/error.js';
import type { WorkspaceMember, WorkspaceRole } from '#contracts/workspace.contract.js';
import { decodeCursor, pageOf } from '#database/cursor.js';
import type { Transaction } from '#database/database.js';
import { mayChangeWorkspaceRole, mayInWorkspace } from '#domain/permission.js';
import { Logger } from '#telemetry/logger.js';
import { RemovalRepository } from './removal.repository.js';
import { RemovalService } from './removal.service.js';
import { WorkspaceUserRepository } from './workspace-user.repository.js';
import { WorkspaceRepository } from './workspace.repository.js';
import { WorkspaceService } from './workspace.service.js';

/** As many are named. Of more, the asking service says whom it means. */
const maxVisible = 1_000;

/** Who belongs to a workspace. */
@Injectable()
export class WorkspaceMemberService {
  private readonly logger = new Logger('chat.workspace-member');

  constructor(
    private readonly workspaces: WorkspaceRepository,
    private readonly access: WorkspaceService,
    private readonly users: WorkspaceUserRepository,
    private readonly removals: RemovalRepository,
    private readonly removing: RemovalService,
  ) {}

  /** A page by user id; guests see those with whom they share a chat. */
  async list(
    userId: number,
    workspaceId: number,
    limit: number,
    cursor?: string,
  ): Promise<{ members: WorkspaceMember[]; next_cursor: string | null; has_more: boolean }> {
    const { role } = await this.access.require(userId, workspaceId);
    const list = `chat.workspace.member.list ${workspaceId}`;
    const [after = 0] = cursor === undefined ? [] : decodeCursor(list, cursor, 1);
    const found = await this.users.list(workspaceId, userId, { after, asGuest: role === 'guest', limit: limit + 1 });
    const { rows: members, ...more } = pageOf(list, found, limit, ({ user_id }) => [user_id]);
    return { members, ...more };
  }

  /** Owners give every role; admins neither make owners nor touch them. CONFLICT when no owner would be left. */
  async setRole(userId: number, workspaceId: number, memberId: number, to: WorkspaceRole): Promise<WorkspaceMember> {
    const changed = await this.workspaces.locked(workspaceId, userId, async (transaction, role) => {
      if (!mayInWorkspace(role, 'manage_members')) throw ownersAndAdmins();
      const member = await this.users.lock(transaction, workspaceId, memberId);
      if (member === undefined || member.deleted_at !== null) throw notFound('member');
      if (member.role !== to) {
        if (!mayChangeWorkspaceRole(role, member.role, to)) throw ownersOnly();
        if (member.role === 'owner') await this.requireOtherOwner(transaction, workspaceId, memberId);
        await this.users.setRole(transaction, workspaceId, memberId, to);
      }
      return { user_id: memberId, role: to, joined_at: member.joined_at.toISOString() };
    });
    if (changed === undefined) throw notFound('workspace');
    return changed;
  }

  /**
   * With the own id it is leaving. When it answers, the removed user reads and sends nothing in the workspace; their
   * leaving the chats may still go on. Repeating it is done; CONFLICT when no owner would be left.
   */
  async remove(userId: number, workspaceId: number, memberId: number): Promise<Record<string, never>> {
    const removed = { workspace_id: workspaceId, user_id: memberId };
    const found = await this.workspaces.locked(workspaceId, userId, async (transaction, role) => {
      if (memberId !== userId && !mayInWorkspace(role, 'manage_members')) throw ownersAndAdmins();
      const member = await this.users.lock(transaction, workspaceId, memberId);
      if (member === undefined) throw notFound('member');
      if (member.deleted_at !== null) return true;
      if (memberId !== userId && !mayChangeWorkspaceRole(role, member.role, null)) throw ownersOnly();
      if (member.role === 'owner') await this.requireOtherOwner(transaction, workspaceId, memberId);
      await this.removals.mark(transaction, removed, userId);
      return true;
    });
    if (found === undefined && !(memberId === userId && (await this.removals.find(removed)))) {
      throw notFound('workspace');
    }
    await this.removing.deny(removed);
    // The removal is in force now. What follows is finished in the background if it cannot be here.
    await this.removing.finish(removed, 1).catch((error: unknown) => {
      this.logger.warn('The chats of a removed user are left later', { ...removed, reason: String(error) });
    });
    return {};
  }

  /** Of `ids`, or altogether, those whom the caller may see: people of their workspaces; for a guest who shares a chat. */
  async visible(
    userId: number,
    workspaceId?: number,
    ids?: readonly number[],
  ): Promise<{ user_ids: number[]; has_more: boolean }> {
    const found =
      ids === undefined
        ? await this.users.visibleUpTo(userId, workspaceId, maxVisible)
        : await this.users.visibleAmong(userId, workspaceId, ids);
    // Members of a workspace see themselves at least.
    if (workspaceId !== undefined && found?.length === 0) await this.access.require(userId, workspaceId);
    return { user_ids: found ?? [], has_more: found === undefined };
  }

  private async requireOtherOwner(transaction: Transaction, workspaceId: number, userId: number): Promise<void> {
    if (await this.users.hasOtherOwner(transaction, workspaceId, userId)) return;
    throw new FechatterError(
      'CONFLICT',
      'A workspace needs an owner: make somebody else owner first, or delete the workspace.',
    );
  }
}

function ownersAndAdmins(): FechatterError {
  return new FechatterError('FORBIDDEN', 'Only owners and admins of the workspace may do this.');
}

function ownersOnly(): FechatterError {
  return new FechatterError('FORBIDDEN', 'Only owners of the workspace may make, change or remove owners.');
}
