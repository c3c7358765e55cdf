import { Injectable } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import type { AccessHandOver } from '#contracts/access.contract.js';
import { logEvent, type LogEntry } from '#contracts/log.contract.js';
import { CrashPoints } from '#service/crash-point.js';
import { GateMemory } from '../gate/gate.memory.js';
import { LogPublisher } from '../writer/log-publisher.js';
import { LogWriter } from '../writer/log-writer.repository.js';
import { AccessRepository, type RaisedInbox } from './access.repository.js';
import { HandOverWriter } from './hand-over.writer.js';

/** What a hand-over left behind; without entries it was done before, or is not the next one. */
interface Applied {
  readonly version: number;
  readonly lastSeq: number;
  readonly entries: readonly LogEntry[];
  readonly inboxes: readonly RaisedInbox[];
}

/** Enforces what the chat service decides about who belongs where. */
@Injectable()
export class AccessService {
  constructor(
    private readonly access: AccessRepository,
    private readonly handOvers: HandOverWriter,
    private readonly writer: LogWriter,
    private readonly publisher: LogPublisher,
    private readonly memory: GateMemory,
    private readonly crashPoints: CrashPoints,
    private readonly bus: Bus,
  ) {}

  /**
   * Applies exactly the next version of the chat, in one transaction with its log entries; an older one is done
   * already, a later one changes nothing. Answers the version that the chat has now, 0 when there is no such chat.
   */
  async apply(handOver: AccessHandOver): Promise<number> {
    const { chat_id, workspace_id, version, change } = handOver;
    const begins = version === 1 && change.type === 'chat.created';
    const applied = await this.writer.locked(
      chat_id,
      async (head, transaction): Promise<Applied> => {
        const { access_version, last_seq } = head;
        if (version !== access_version + 1) {
          return { version: access_version, lastSeq: last_seq, entries: [], inboxes: [] };
        }
        const { entries, userIds } = await this.handOvers.write(transaction, head, handOver);
        const inboxes = await this.access.raiseInboxes(transaction, userIds);
        this.crashPoints.reach('message.access.before_commit');
        return { version, lastSeq: last_seq + entries.length, entries, inboxes };
      },
      begins ? workspace_id : undefined,
    );
    if (applied === undefined) return 0;
    this.crashPoints.reach('message.access.after_commit');
    if (applied.entries.length > 0) this.publisher.publish(chat_id, applied.lastSeq, applied.entries);
    for (const inbox of applied.inboxes) this.announce(inbox.user_id, chat_id, inbox.version);
    return applied.version;
  }

  /** From now on the user reads and sends nothing in the workspace. */
  async deny(workspaceId: number, userId: number): Promise<void> {
    await this.setDenied(workspaceId, userId, true);
  }

  /** Ends a denial; what the user may see is again what the stays say. */
  async allow(workspaceId: number, userId: number): Promise<void> {
    await this.setDenied(workspaceId, userId, false);
  }

  private async setDenied(workspaceId: number, userId: number, denied: boolean): Promise<void> {
    const { chatIds, version } = await this.access
      .setDenied(workspaceId, userId, denied)
      .finally(() => this.memory.forgetAll());
    for (const chatId of chatIds) this.announce(userId, chatId, version);
  }

  private announce(userId: number, chatId: number, version: number): void {
    this.bus.publish(logEvent.user, { user_id: userId }, { type: 'access', chat_id: chatId, version });
  }
}
