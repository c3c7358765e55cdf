import { createHash } from 'node:crypto';
import type { Message } from '#contracts/message.contract.js';
import type { User } from '#contracts/user.contract.js';
import type { Mentions } from '../mention/mention.service.js';
import { toMessage } from '../message.row.js';

/** A message on its way into the log. */
export interface Outgoing {
  readonly chatId: number;
  readonly sender: User;
  readonly content: string;
  readonly key: string | null;
  readonly mentions: Mentions;
  /** Nobody waits for the answer after it; epoch milliseconds. */
  readonly deadline: number;
}

/** What PostgreSQL answered for one message. Numbers are null where it was not stored. */
export interface FlushOutcome {
  readonly place: number;
  readonly outcome: 'stored' | 'replayed' | 'conflict' | 'not_found' | 'archived' | 'busy';
  readonly id: number;
  readonly seq: number;
  readonly ordinal: number;
  readonly version: number;
  readonly parent_id: number | null;
  readonly reply_count: number;
  /** Null unless an earlier flush had stored it. */
  readonly content: string | null;
  readonly mentions: readonly number[];
  readonly edited_at: Date | null;
  readonly deleted_at: Date | null;
  readonly created_at: Date;
}

/**
 * Tells the same message under a key from another one, also after its text was edited or erased. The key is part of
 * it, so that the hash of an erased text cannot be looked up in a table. Null without a key.
 */
export function hashOf({ key, content }: Pick<Outgoing, 'key' | 'content'>): Buffer | null {
  if (key === null) return null;
  return createHash('sha256').update(`${key}\0${content}`).digest().subarray(0, 16);
}

/** The message as it is now: what was sent, or for a replay what is stored. */
export function messageOf({ chatId, sender, content, key }: Outgoing, outcome: FlushOutcome): Message {
  const text = outcome.content ?? content;
  const row = {
    ...outcome,
    chat_id: chatId,
    sender_id: sender.id,
    content: text,
    idempotency_key: key,
    reactions: null,
  };
  return toMessage(row, sender);
}
