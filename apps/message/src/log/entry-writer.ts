import { Injectable } from '@nestjs/common';
import type { LogEntry } from '#contracts/log.contract.js';
import type { Transaction } from '#database/database.js';
import { LogWriter, type LockedHead } from '../writer/log-writer.repository.js';
import { changeEntry, type ChangeRow } from './log-entry.js';

/** What a user has done to a message without changing what it says. */
interface Deed {
  readonly type: ChangeRow['type'];
  readonly messageId: number;
  readonly userId: number;
  /** What the entry carries beside the two ids. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** When it was done, if that is written elsewhere too; otherwise it is now. */
  readonly at?: Date | undefined;
}

/** Writes the next entry of a log when it is about a message and does not carry it. */
@Injectable()
export class EntryWriter {
  constructor(private readonly writer: LogWriter) {}

  /** Answers the entry, to be published after the commit. */
  async write(transaction: Transaction, head: LockedHead, deed: Deed): Promise<LogEntry> {
    const { type, messageId: message_id, userId: user_id, more, at } = deed;
    const { chat_id } = head;
    const change = { seq: head.last_seq + 1, type, actor_id: user_id, data: { message_id, user_id, ...more } };
    const created_at = await this.writer.append(transaction, chat_id, [{ ...change, message_id, user_id }], at);
    await this.writer.advance(transaction, chat_id, { last_seq: change.seq });
    return changeEntry({ ...change, chat_id, created_at });
  }
}
