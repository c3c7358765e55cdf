import { Injectable } from '@nestjs/common';
import type { AccessHandOver, AccessMember } from '#contracts/access.contract.js';
import type { LogEntry } from '#contracts/log.contract.js';
import type { Transaction } from '#database/database.js';
import { changeEntry, type ChangeRow } from '../log/log-entry.js';
import { LogWriter, type HeadAdvance, type LockedHead, type NewChange } from '../writer/log-writer.repository.js';
import { AccessRepository } from './access.repository.js';

/** The entries that a hand-over added to the log and the users whose inboxes it changed. */
export interface Written {
  readonly entries: readonly LogEntry[];
  readonly userIds: readonly number[];
}

/** An entry to come: what it says and, for entries of members, whom it is about. */
interface NewEntry {
  readonly userId: number | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Writes one hand-over into stays, log and head, under the head's lock. */
@Injectable()
export class HandOverWriter {
  constructor(
    private readonly access: AccessRepository,
    private readonly writer: LogWriter,
  ) {}

  /** Whoever is present already is not added again and who is absent is not removed: there is no entry for them. */
  async write(transaction: Transaction, head: LockedHead, handOver: AccessHandOver): Promise<Written> {
    const { chat_id: chatId, change } = handOver;
    const seq = head.last_seq + 1;
    const finish = (entries: readonly NewEntry[], userIds: readonly number[], to?: Partial<HeadAdvance>) =>
      this.finish(transaction, head, handOver, entries, userIds, to);
    switch (change.type) {
      case 'chat.created': {
        const members = distinct(change.members);
        const joined = members.map((member) => ({ ...member, seq }));
        await this.access.join(transaction, chatId, joined, head.message_count);
        const { is_archived } = change.chat;
        return finish([{ userId: null, data: { chat: change.chat, members } }], idsOf(members), { is_archived });
      }
      case 'chat.updated': {
        const { is_archived } = change.chat;
        return finish([{ userId: null, data: { chat: change.chat } }], [], { is_archived });
      }
      case 'chat.deleted': {
        const userIds = await this.access.leaveAll(transaction, chatId, seq);
        return finish([{ userId: null, data: {} }], userIds, { is_deleted: true });
      }
      case 'member.added': {
        const present = await this.access.present(transaction, chatId, idsOf(change.members));
        const members = distinct(change.members).filter(({ user_id }) => !present.has(user_id));
        const joined = members.map((member, index) => ({ ...member, seq: seq + index }));
        await this.access.join(transaction, chatId, joined, head.message_count);
        return finish(
          members.map((member) => ({ userId: member.user_id, data: { member } })),
          idsOf(members),
        );
      }
      case 'member.updated': {
        const { member } = change;
        const present = await this.access.present(transaction, chatId, [member.user_id]);
        if (present.size === 0) return finish([], []);
        await this.access.setRole(transaction, chatId, member);
        return finish([{ userId: member.user_id, data: { member } }], [member.user_id]);
      }
      case 'member.removed': {
        const present = await this.access.present(transaction, chatId, change.user_ids);
        const userIds = [...new Set(change.user_ids)].filter((id) => present.has(id));
        const left = userIds.map((user_id, index) => ({ user_id, seq: seq + index }));
        await this.access.leave(transaction, chatId, left);
        return finish(
          userIds.map((user_id) => ({ userId: user_id, data: { user_id } })),
          userIds,
        );
      }
    }
  }

  private async finish(
    transaction: Transaction,
    head: LockedHead,
    handOver: AccessHandOver,
    newEntries: readonly NewEntry[],
    userIds: readonly number[],
    to: Partial<HeadAdvance> = {},
  ): Promise<Written> {
    const { version, actor_id, change } = handOver;
    const changes = newEntries.map(({ userId, data }, index): NewChange => ({
      seq: head.last_seq + 1 + index,
      type: change.type,
      message_id: null,
      user_id: userId,
      actor_id,
      data,
    }));
    const created_at = await this.writer.append(transaction, head.chat_id, changes);
    const last_seq = head.last_seq + changes.length;
    await this.writer.advance(transaction, head.chat_id, { ...to, last_seq, access_version: version });
    const entries = newEntries.map(({ data }, index) => {
      const row: ChangeRow = {
        chat_id: head.chat_id,
        seq: head.last_seq + 1 + index,
        type: change.type,
        actor_id,
        data,
        created_at,
      };
      return changeEntry(row);
    });
    return { entries, userIds };
  }
}

function idsOf(members: readonly AccessMember[]): number[] {
  return members.map((member) => member.user_id);
}

function distinct(members: readonly AccessMember[]): AccessMember[] {
  return [...new Map(members.map((member) => [member.user_id, member])).values()];
}
