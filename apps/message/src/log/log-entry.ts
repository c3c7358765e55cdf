import type { LogEntry } from '#contracts/log.contract.js';
import type { User } from '#contracts/user.contract.js';
import { toMessage, type MessageRow } from '../message.row.js';

/** Entries that carry a message; the others say what has changed. */
export type MessageEntryType = Extract<LogEntry, { data: { message: unknown } }>['type'];

/** A row of `message.message_changes` whose entry carries no message. */
export interface ChangeRow {
  readonly chat_id: number;
  readonly seq: number;
  readonly type: Exclude<LogEntry['type'], MessageEntryType>;
  readonly actor_id: number;
  /** What the entry carries beside `actor_id` and `created_at`, as the contract has it: `{ member }`, `{ chat }`, … */
  readonly data: Readonly<Record<string, unknown>>;
  readonly created_at: Date;
}

/** The entry of a change that carries no message. */
export function changeEntry(row: ChangeRow): LogEntry {
  const data = { ...row.data, actor_id: row.actor_id, created_at: row.created_at.toISOString() };
  return { type: row.type, chat_id: row.chat_id, seq: row.seq, data } as LogEntry;
}

/** The entry of a message's creation or change at `seq`; `row` is the message as it is now. */
export function messageEntry(type: MessageEntryType, seq: number, row: MessageRow, sender: User): LogEntry {
  return { type, chat_id: row.chat_id, seq, data: { message: toMessage(row, sender) } };
}
