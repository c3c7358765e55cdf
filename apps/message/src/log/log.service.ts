import { Injectable } from '@nestjs/common';
import { notFound } from '#contracts/error.js';
import type { LogEntry, LogPage } from '#contracts/log.contract.js';
import { fitting } from '#bus/page-size.js';
import { senderOf, SenderService } from '../sender/sender.service.js';
import { firstWithEpoch } from './epoch.js';
import { changeEntry, messageEntry } from './log-entry.js';
import { LogRepository, type LogRow } from './log.repository.js';

/** A range of a chat's log: at most `limit` entries after seq `after`. */
export interface LogRange {
  readonly chat_id: number;
  readonly after: number;
  readonly limit: number;
}

/** Reads the logs of chats: dense, in order, with messages as they are now. */
@Injectable()
export class LogService {
  constructor(
    private readonly logs: LogRepository,
    private readonly senders: SenderService,
  ) {}

  /** For a member who is present in the chat; NOT_FOUND for everybody else. */
  async read(userId: number, range: LogRange): Promise<LogPage> {
    const rows = await this.logs.read(userId, range.chat_id, range.after, range.limit);
    if (rows.length === 0) throw notFound('chat');
    return this.page(range, rows);
  }

  /** For services. A chat that does not exist has an empty log; a deleted one keeps its log. */
  async follow(range: LogRange): Promise<LogPage> {
    return this.page(range, await this.logs.follow(range.chat_id, range.after, range.limit));
  }

  /** For each chat of the user that changed since then: the seq before the first change, or before the stay began. */
  async changedSince(
    userId: number,
    since: string,
  ): Promise<{ chats: { chat_id: number; after: number }[]; epoch: number }> {
    const chats = await this.logs.changedSince(userId, new Date(since));
    return { chats, epoch: await this.logs.epoch() };
  }

  private async page({ chat_id, after }: LogRange, rows: readonly LogRow[]): Promise<LogPage> {
    const { last_seq, epoch } = firstWithEpoch(rows);
    const entries = fitting(await this.entries(rows));
    entries.forEach(({ seq }, index) => {
      if (seq !== after + 1 + index) throw new Error(`The log of chat ${chat_id} has a hole before seq ${seq}`);
    });
    const end = entries.at(-1)?.seq ?? after;
    return { entries: [...entries], has_more: end < last_seq, last_seq, epoch };
  }

  private async entries(rows: readonly LogRow[]): Promise<LogEntry[]> {
    const senders = await this.senders.get(rows.flatMap((row) => ('sender_id' in row ? (row.sender_id ?? []) : [])));
    return rows.flatMap((row): LogEntry | [] => {
      if (row.entry_seq === null) return [];
      if (row.entry_type === null) return changeEntry({ ...row.change, created_at: row.changed_at });
      return messageEntry(row.entry_type, row.entry_seq, row, senderOf(senders, row.sender_id));
    });
  }
}
