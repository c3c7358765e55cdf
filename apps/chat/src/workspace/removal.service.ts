import { Injectable } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { accessRpc, type AccessChange } from '#contracts/access.contract.js';
import { CrashPoints } from '#service/crash-point.js';
import { ChatWriter } from '../chat/chat-writer.repository.js';
import { ChatRepository } from '../chat/chat.repository.js';
import { HandOverService } from '../hand-over/hand-over.service.js';
import { OutboxRepository } from '../hand-over/outbox.repository.js';
import { MemberRepository } from '../member/member.repository.js';
import { self } from '../self.js';
import { RemovalRepository, type Removed } from './removal.repository.js';

const callTimeoutMs = 2_000;
const chatsAtOnce = 50;

/**
 * What follows when somebody was removed from a workspace. Each step is taken once, by whichever replica comes first:
 * 'deny': message is told to deny them everything in the workspace; 'leave': they leave the chats, chunk by chunk;
 * 'done': every entry of the removal is applied, and only an admission ends the denial.
 */
@Injectable()
export class RemovalService {
  constructor(
    private readonly removals: RemovalRepository,
    private readonly chats: ChatRepository,
    private readonly writer: ChatWriter,
    private readonly members: MemberRepository,
    private readonly outbox: OutboxRepository,
    private readonly handOvers: HandOverService,
    private readonly bus: Bus,
    private readonly crashPoints: CrashPoints,
  ) {}

  /** After this the user reads and sends nothing in the workspace. UNAVAILABLE when message did not answer. */
  async deny({ workspace_id, user_id }: Removed): Promise<void> {
    this.crashPoints.reach('chat.removal.before_deny');
    await this.removals.advance({ workspace_id, user_id }, 'deny', 'leave', async () => {
      await this.bus.call(accessRpc.deny, { workspace_id, user_id }, { as: self, timeoutMs: callTimeoutMs });
    });
    this.crashPoints.reach('chat.removal.after_deny');
  }

  /** Goes on until all is done, or for so many chunks of chats. */
  async finish(removed: Removed, mostChunks = Number.POSITIVE_INFINITY): Promise<void> {
    await this.deny(removed);
    for (let chunk = 0; chunk < mostChunks; chunk++) {
      const chatIds = await this.chats.membershipsOf(removed.workspace_id, removed.user_id, chatsAtOnce);
      for (const chatId of chatIds) if (!(await this.leave(removed, chatId))) return;
      await this.handOvers.deliverAll(chatIds);
      if (chatIds.length < chatsAtOnce) return this.complete(removed);
    }
  }

  /** Ends the denial of somebody who is about to be admitted again, after all that is left of the removal. */
  async lift(removed: Removed): Promise<void> {
    await this.finish(removed);
    await this.removals.advance(removed, 'done', null, async () => {
      const { workspace_id, user_id } = removed;
      await this.bus.call(accessRpc.allow, { workspace_id, user_id }, { as: self, timeoutMs: callTimeoutMs });
    });
  }

  private async complete(removed: Removed): Promise<void> {
    const { workspace_id, user_id } = removed;
    // A crash may have left entries of this removal that were committed and not applied.
    await this.handOvers.deliverAll(await this.outbox.openOfUser(workspace_id, user_id));
    await this.removals.advance(removed, 'leave', 'done', async () => undefined);
  }

  /** False when the removal is not at this step: somebody else has finished it. */
  private async leave(removed: Removed, chatId: number): Promise<boolean> {
    const left = await this.writer.locked(chatId, async (chat, transaction) => {
      const actorId = await this.removals.leavingBy(transaction, removed);
      if (actorId === undefined) return false;
      const [member] = await this.members.present(transaction, chatId, [removed.user_id]);
      if (member === undefined) return true;
      await this.members.leave(transaction, chatId, removed.user_id);
      const changes: AccessChange[] = [{ type: 'member.removed', user_ids: [removed.user_id] }];
      // A chat that loses its last owner this way goes to the first of those who stay.
      const heir = member.role === 'owner' ? await this.members.first(transaction, chatId) : undefined;
      if (heir !== undefined && heir.role !== 'owner') {
        const promoted = { user_id: heir.user_id, role: 'owner' as const };
        await this.members.setRole(transaction, chatId, promoted);
        changes.push({ type: 'member.updated', member: promoted });
      }
      await this.writer.record(transaction, chat, actorId, changes, -1);
      return true;
    });
    return left ?? false;
  }
}
