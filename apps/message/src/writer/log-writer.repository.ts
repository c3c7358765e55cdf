import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '#database/database.js';
import { sql } from '#database/statement.js';
import { GateMemory } from '../gate/gate.memory.js';

/** The head of a chat while its row is locked. */
export interface LockedHead {
  readonly chat_id: number;
  readonly workspace_id: number;
  readonly access_version: number;
  readonly last_seq: number;
  readonly message_count: number;
  readonly is_archived: boolean;
  readonly is_deleted: boolean;
}

/** An entry of the log beside new messages, as `message.message_changes` holds it. */
export interface NewChange {
  readonly seq: number;
  readonly type: string;
  readonly message_id: number | null;
  readonly user_id: number | null;
  readonly actor_id: number;
  readonly data: object;
}

/** What a writer leaves in the head; what is not given stays as it is. */
export interface HeadAdvance {
  readonly last_seq: number;
  readonly message_count?: number;
  readonly last_activity_at?: Date;
  readonly access_version?: number;
  readonly is_archived?: boolean;
  readonly is_deleted?: boolean;
}

const open = sql(
  'message.open_head',
  `INSERT INTO message.chat_heads (chat_id, workspace_id, access_version, last_seq, message_count, last_activity_at)
   VALUES ($1, $2, 0, 0, 0, clock_timestamp()) ON CONFLICT DO NOTHING`,
);

const lock = sql(
  'message.lock_head',
  `SELECT chat_id, workspace_id, access_version, last_seq, message_count, is_archived, is_deleted
   FROM message.chat_heads WHERE chat_id = $1 FOR UPDATE`,
);

const append = sql(
  'message.append_changes',
  `INSERT INTO message.message_changes (chat_id, seq, type, message_id, user_id, actor_id, data, created_at)
   SELECT $1, c.*, now.at FROM (SELECT coalesce($8, clock_timestamp())::timestamptz(3) AS at OFFSET 0) now,
     unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::jsonb[]) c
   RETURNING created_at`,
);

const advance = sql(
  'message.advance_head',
  `WITH noted AS (
     INSERT INTO message.chat_activity (minute, chat_id, first_seq)
     SELECT date_trunc('minute', clock_timestamp()), h.chat_id, h.last_seq + 1
     FROM message.chat_heads h WHERE h.chat_id = $1 AND h.last_seq < $2 ON CONFLICT DO NOTHING
   )
   UPDATE message.chat_heads SET last_seq = $2, message_count = coalesce($3, message_count),
     last_activity_at = greatest(last_activity_at, $4), access_version = coalesce($5, access_version),
     is_archived = coalesce($6, is_archived), is_deleted = coalesce($7, is_deleted)
   WHERE chat_id = $1`,
);

/**
 * How everything but a flush writes into a chat's log: one transaction that locks the head first, takes the next
 * numbers, and leaves the head at the last of them. So `seq` stays dense and no two writers wait for each other in a
 * circle.
 */
@Injectable()
export class LogWriter {
  constructor(
    private readonly database: Database,
    private readonly memory: GateMemory,
  ) {}

  /**
   * Runs `work` in a transaction under the lock of the chat's head; each of its statements sees what was committed
   * before the lock was had. Undefined when the chat has no head, unless `workspaceId` says where to make it.
   */
  async locked<Result>(
    chatId: number,
    work: (head: LockedHead, transaction: Transaction) => Promise<Result>,
    workspaceId?: number,
  ): Promise<Result | undefined> {
    try {
      return await this.database.transaction(async (transaction) => {
        if (workspaceId !== undefined) await transaction.query(open, [chatId, workspaceId]);
        const [head] = await transaction.query<LockedHead>(lock, [chatId]);
        return head === undefined ? undefined : work(head, transaction);
      });
    } catch (error) {
      // It may have been committed all the same.
      this.memory.forget(chatId);
      throw error;
    }
  }

  /** Adds entries to the log; their numbers are the caller's to give. All of them get the same time, which it answers. */
  async append(
    transaction: Transaction,
    chatId: number,
    changes: readonly NewChange[],
    at?: Date | null,
  ): Promise<Date> {
    const [row] = await transaction.query<{ created_at: Date }>(append, [
      chatId,
      changes.map((change) => change.seq),
      changes.map((change) => change.type),
      changes.map((change) => change.message_id),
      changes.map((change) => change.user_id),
      changes.map((change) => change.actor_id),
      changes.map((change) => JSON.stringify(change.data)),
      at,
    ]);
    return row?.created_at ?? new Date();
  }

  /** Moves the head to the last number taken and notes that the chat was active. */
  async advance(transaction: Transaction, chatId: number, to: HeadAdvance): Promise<void> {
    await transaction.query(advance, [
      chatId,
      to.last_seq,
      to.message_count,
      to.last_activity_at,
      to.access_version,
      to.is_archived,
      to.is_deleted,
    ]);
  }
}
