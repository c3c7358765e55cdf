import { Injectable } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { FechatterError, notFound } from '#contracts/error.js';
import { messageRpc } from '#contracts/message.contract.js';
import type { Workspace, WorkspaceDetail } from '#contracts/workspace.contract.js';
import { mayInWorkspace, type WorkspaceAction } from '#domain/permission.js';
import { ChatRepository } from '../chat/chat.repository.js';
import { HandOverService } from '../hand-over/hand-over.service.js';
import { self } from '../self.js';
import { WorkspaceRepository } from './workspace.repository.js';

/** Nobody belongs to more: a list of them is one answer. */
const mostWorkspaces = 500;

/** Workspaces as their members see them. */
@Injectable()
export class WorkspaceService {
  constructor(
    private readonly workspaces: WorkspaceRepository,
    private readonly chats: ChatRepository,
    private readonly handOvers: HandOverService,
    private readonly bus: Bus,
  ) {}

  /** The user's own workspace, made when missing; when it answers, its general channel can be written into. */
  async ensurePersonal(userId: number, username: string): Promise<{ workspace_id: number }> {
    const found = await this.workspaces.personalOf(userId);
    const made = found ?? (await this.workspaces.create(userId, `${username}'s workspace`, true))?.workspace.id;
    const workspaceId = made ?? (await this.workspaces.personalOf(userId));
    if (workspaceId === undefined) throw new FechatterError('UNAVAILABLE', undefined, { retryAfterSeconds: 1 });
    const general = await this.chats.generalOf(workspaceId);
    if (general !== undefined) await this.handOvers.settle([general]);
    return { workspace_id: workspaceId };
  }

  async list(userId: number): Promise<Workspace[]> {
    return this.workspaces.list(userId, mostWorkspaces);
  }

  /** The caller owns it. CONFLICT for users who belong to 500 already. */
  async create(userId: number, name: string): Promise<Workspace> {
    await this.requireRoom(userId);
    const made = await this.workspaces.create(userId, name, false);
    if (made === undefined) throw new Error('A workspace that is nobody’s own was not made');
    await this.handOvers.deliver(made.general.id);
    return made.workspace;
  }

  /** With its figures, direct chats among them. */
  async get(userId: number, workspaceId: number): Promise<WorkspaceDetail> {
    const workspace = await this.require(userId, workspaceId);
    const [counts, { message_count }] = await Promise.all([
      this.workspaces.counts(workspaceId),
      this.bus.call(messageRpc.count, { workspace_id: workspaceId }, { as: self }),
    ]);
    return { ...workspace, stats: { ...counts, message_count } };
  }

  /** Owners and admins rename. */
  async rename(userId: number, workspaceId: number, name: string): Promise<Workspace> {
    const workspace = await this.require(userId, workspaceId);
    const updated_at = await this.workspaces.locked(workspaceId, userId, async (transaction, role) => {
      if (!mayInWorkspace(role, 'rename')) throw new FechatterError('FORBIDDEN');
      return this.workspaces.rename(transaction, workspaceId, name);
    });
    if (updated_at === undefined) throw notFound('workspace');
    return { ...workspace, name, updated_at };
  }

  /** NOT_FOUND for those who are not members, FORBIDDEN for members who may not do `action`. */
  async require(userId: number, workspaceId: number, action?: WorkspaceAction): Promise<Workspace> {
    const workspace = await this.workspaces.find(userId, workspaceId);
    if (workspace === undefined) throw notFound('workspace');
    if (action !== undefined && !mayInWorkspace(workspace.role, action)) throw new FechatterError('FORBIDDEN');
    return workspace;
  }

  /** CONFLICT for users who cannot belong to one more workspace. */
  async requireRoom(userId: number): Promise<void> {
    if ((await this.list(userId)).length < mostWorkspaces) return;
    throw new FechatterError('CONFLICT', `You belong to ${mostWorkspaces} workspaces. Leave one first.`);
  }
}
