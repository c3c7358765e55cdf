import { Injectable } from '@nestjs/common';
import { FechatterError, notFound } from '#contracts/error.js';
import { mayInWorkspace } from '#domain/permission.js';
import { ChatWriter } from '../chat/chat-writer.repository.js';
import { ChatRepository } from '../chat/chat.repository.js';
import { HandOverService } from '../hand-over/hand-over.service.js';
import { MemberRepository } from '../member/member.repository.js';
import { RemovalService } from '../workspace/removal.service.js';
import { WorkspaceService } from '../workspace/workspace.service.js';
import { AdmissionRepository } from './admission.repository.js';
import type { InviteEntity } from './invite.entity.js';

/** Removals that come between the steps of an admission are waited for, this many times. */
const rounds = 3;

/** Brings people into workspaces, also those who were removed. */
@Injectable()
export class AdmissionService {
  constructor(
    private readonly admissions: AdmissionRepository,
    private readonly workspaces: WorkspaceService,
    private readonly removals: RemovalService,
    private readonly chats: ChatRepository,
    private readonly writer: ChatWriter,
    private readonly members: MemberRepository,
    private readonly handOvers: HandOverService,
  ) {}

  /**
   * When it answers, the user belongs to the workspace and, unless a guest, can write into its general channel. Whoever
   * was removed by somebody else needs an invite that was made afterwards: NOT_FOUND otherwise.
   */
  async admit(userId: number, invite: InviteEntity): Promise<void> {
    const { workspace_id: workspaceId, role } = invite;
    for (let round = 0; round < rounds; round++) {
      const before = await this.admissions.find(workspaceId, userId);
      if (before?.deleted_at === null) return this.settle(workspaceId);
      const shutOut = before !== undefined && before.deleted_by !== userId;
      if (shutOut && before.deleted_at !== null && before.deleted_at > invite.created_at) throw notFound('invite');
      await this.workspaces.requireRoom(userId);
      // Lifted before the admission, not after: nothing is denied then, and nothing of the workspace can be read yet.
      if (before !== undefined) await this.removals.lift({ workspace_id: workspaceId, user_id: userId });
      const after = await this.admissions.admit(workspaceId, userId, role, async (transaction, general) => {
        if (!mayInWorkspace(role, 'browse')) return;
        const members = await this.members.add(transaction, general.id, [{ user_id: userId, role: 'member' }]);
        await this.writer.record(transaction, general, userId, [{ type: 'member.added', members }], members.length);
      });
      if (after === undefined) throw notFound('invite');
      if (after.deleted_at === null) return this.settle(workspaceId);
    }
    throw new FechatterError('UNAVAILABLE', 'You were removed again meanwhile. Try once more.', {
      retryAfterSeconds: 1,
    });
  }

  private async settle(workspaceId: number): Promise<void> {
    const general = await this.chats.generalOf(workspaceId);
    if (general !== undefined) await this.handOvers.settle([general]);
  }
}
