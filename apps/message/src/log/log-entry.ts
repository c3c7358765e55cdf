import type { LogEntry } from '#contracts/log.contract.js';
import type { User } from '#contracts/user.contract.js';
import { toMessage, type MessageRow } from '../message.row.js';

/** A row of `message.message_changes` that concerns no message. */
export interface ChangeRow {
  readonly chat_id: number;
  readonly seq: number;
  readonly type: Exclude<LogEntry['type'], `message.${string}`>;
  readonly actor_id: number;
  /** What the entry carries beside `actor_id` and `created_at`, as the contract has it: `{ member }`, `{ chat }`, … */
  readonly data: Readonly<Record<string, unknown>>;
  readonly created_at: Date;
}

/** The entry of a change of the chat or of its members. */
export function changeEntry(row: ChangeRow): LogEntry {
  const data = { ...row.data, actor_id: row.actor_id, created_at: row.created_at.toISOString() };
  return { type: row.type, chat_id: row.chat_id, seq: row.seq, data } as LogEntry;
}

/** The entry of a message's creation or change at `seq`; `row` is the message as it is now. */
export function messageEntry(
  type: Extract<LogEntry['type'], `message.${string}`>,
  seq: number,
  row: MessageRow,
  sender: User,
): LogEntry {
  return { type, chat_id: row.chat_id, seq, data: { message: toMessage(row, sender) } };
}
