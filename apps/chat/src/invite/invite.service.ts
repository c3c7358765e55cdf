import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Bus } from '#bus/bus.js';
import { FechatterError, notFound } from '#contracts/error.js';
import { userRpc } from '#contracts/user.contract.js';
import type { Invite, InviteBody, Workspace } from '#contracts/workspace.contract.js';
import { self } from '../self.js';
import { WorkspaceService } from '../workspace/workspace.service.js';
import { AdmissionService } from './admission.service.js';
import type { InviteEntity } from './invite.entity.js';
import { InviteRepository } from './invite.repository.js';

const codeBytes = 16;
const dayMs = 86_400_000;
/** A list of them is one answer. */
const mostOpen = 1_000;

/** Invitations into workspaces: whoever has the code may come in, any number of people until it expires. */
@Injectable()
export class InviteService {
  constructor(
    private readonly workspaces: WorkspaceService,
    private readonly invites: InviteRepository,
    private readonly admissions: AdmissionService,
    private readonly bus: Bus,
  ) {}

  /** Owners and admins invite. CONFLICT when 1,000 invites of the workspace are open. */
  async create(userId: number, workspaceId: number, body: z.output<typeof InviteBody>): Promise<Invite> {
    await this.workspaces.require(userId, workspaceId, 'invite');
    await this.invites.deleteExpired(workspaceId);
    if ((await this.invites.countOpen(workspaceId)) >= mostOpen) {
      throw new FechatterError('CONFLICT', `${mostOpen} invites are open. Take some of them back first.`);
    }
    const now = Date.now();
    const invite: InviteEntity = {
      code: randomBytes(codeBytes).toString('base64url'),
      workspace_id: workspaceId,
      email: body.email ?? null,
      role: body.role,
      created_by: userId,
      created_at: new Date(now),
      expires_at: new Date(now + body.expires_in_days * dayMs),
    };
    await this.invites.insert(invite);
    return toInvite(invite);
  }

  /** The open ones, newest first. Owners and admins. */
  async list(userId: number, workspaceId: number): Promise<Invite[]> {
    await this.workspaces.require(userId, workspaceId, 'invite');
    return (await this.invites.listOpen(workspaceId, mostOpen)).map(toInvite);
  }

  /** Owners and admins take invites back. */
  async delete(userId: number, workspaceId: number, code: string): Promise<Record<string, never>> {
    await this.workspaces.require(userId, workspaceId, 'invite');
    if (!(await this.invites.delete(workspaceId, code))) throw notFound('invite');
    return {};
  }

  /**
   * Makes the caller a member with the role of the invite; a member already stays what they are. NOT_FOUND for an unknown
   * or expired code, one whose maker may not invite any more, an invite to somebody else's e-mail address, and for a
   * caller who was removed after it was made.
   */
  async accept(userId: number, code: string): Promise<Workspace> {
    const invite = await this.invites.findOpen(code);
    if (invite === undefined) throw notFound('invite');
    if (invite.email !== null) await this.requireAddressee(userId, invite.email);
    await this.admissions.admit(userId, invite);
    return this.workspaces.require(userId, invite.workspace_id);
  }

  private async requireAddressee(userId: number, email: string): Promise<void> {
    const { user } = await this.bus.call(userRpc.findByEmail, { email }, { as: self });
    if (user?.id !== userId) throw notFound('invite');
  }
}

function toInvite({ code, email, role, created_by, created_at, expires_at }: InviteEntity): Invite {
  const times = { created_at: created_at.toISOString(), expires_at: expires_at.toISOString() };
  return { invite_code: code, email, role, created_by, ...times };
}
