import { Injectable } from '@nestjs/common';
import type { AccessChange } from '#contracts/access.contract.js';
import { Database, type Transaction } from '#database/database.js';
import { sql } from '#database/statement.js';
import type { Standing } from '#domain/permission.js';
import { OutboxRepository } from '../hand-over/outbox.repository.js';
import { chatColumns, nameKey, type ChatRow } from './chat.row.js';

/** What a new chat begins with. `memberCount` counts those who are added in the same transaction. */
export type NewChatRow = Pick<
  ChatRow,
  'workspace_id' | 'type' | 'name' | 'description' | 'is_private' | 'is_general' | 'created_by' | 'member_count'
> & { readonly direct_key: string | null };

/** A public channel of which nothing but the name was chosen. */
export function newChannel(workspaceId: number, name: string, userId: number): Omit<NewChatRow, 'member_count'> {
  return {
    workspace_id: workspaceId,
    type: 'channel',
    name,
    description: '',
    is_private: false,
    is_general: false,
    direct_key: null,
    created_by: userId,
  };
}

export type ChatSettings = Pick<ChatRow, 'name' | 'description' | 'is_private' | 'is_archived'>;

const row = chatColumns('c');

const lock = sql('chat.lock', `SELECT ${row} FROM chat.chats c WHERE c.id = $1 FOR UPDATE`);

/** Sharing the lock of the workspace's user keeps a removal from passing by until the change is committed. */
const standing = sql(
  'chat.standing',
  `SELECT u.role AS workspace_role, (
     SELECT m.role FROM chat.chat_members m WHERE m.chat_id = $2 AND m.user_id = $3 AND m.left_at IS NULL
   ) AS chat_role
   FROM chat.workspace_users u
   WHERE u.workspace_id = $1 AND u.user_id = $3 AND u.deleted_at IS NULL
     AND EXISTS (SELECT FROM chat.workspaces w WHERE w.id = $1 AND w.deleted_at IS NULL)
   FOR SHARE OF u`,
);

const insert = sql(
  'chat.insert',
  `INSERT INTO chat.chats AS c (
     workspace_id, type, name, name_key, description, is_private, is_general, created_by, member_count, direct_key
   ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
   ON CONFLICT DO NOTHING RETURNING ${row}`,
);

const update = sql(
  'chat.update',
  `UPDATE chat.chats c SET name = $2, name_key = $3, description = $4, is_private = $5, is_archived = $6,
     updated_at = clock_timestamp()
   WHERE c.id = $1 RETURNING ${row}`,
);

const markDeleted = sql(
  'chat.mark_deleted',
  'UPDATE chat.chats SET deleted_at = clock_timestamp(), updated_at = clock_timestamp() WHERE id = $1',
);

const raise = sql(
  'chat.raise_version',
  `UPDATE chat.chats c SET access_version = c.access_version + $2, member_count = c.member_count + $3
   WHERE c.id = $1 RETURNING ${row}`,
);

/**
 * Changes of chats. In every transaction of this service locks are taken in one order: workspace, chat, users of the
 * workspace by rising id, so that no two of them wait for each other in a circle.
 */
@Injectable()
export class ChatWriter {
  constructor(
    private readonly database: Database,
    private readonly outbox: OutboxRepository,
  ) {}

  /** `work` runs under the lock of the chat's row, deleted or not; undefined when there is no such chat. */
  async locked<Result>(
    chatId: number,
    work: (chat: ChatRow, transaction: Transaction) => Promise<Result>,
  ): Promise<Result | undefined> {
    return this.database.transaction(async (transaction) => {
      const chat = await this.lock(transaction, chatId);
      return chat === undefined ? undefined : work(chat, transaction);
    });
  }

  async lock(transaction: Transaction, chatId: number): Promise<ChatRow | undefined> {
    const [chat] = await transaction.query<ChatRow>(lock, [chatId]);
    return chat;
  }

  /** What the user is to a locked chat; stays true until the transaction ends. */
  async standing(transaction: Transaction, chat: ChatRow, userId: number): Promise<Standing> {
    const params = [chat.workspace_id, chat.id, userId];
    const [found] = await transaction.query<Standing>(standing, params);
    return found ?? { workspace_role: null, chat_role: null };
  }

  /** Undefined when a live chat has the name, the people, or the place of the general channel already. */
  async insert(transaction: Transaction, chat: NewChatRow): Promise<ChatRow | undefined> {
    const { workspace_id, type, name, description, is_private, is_general } = chat;
    const settings = [type, name, nameKey(name), description, is_private, is_general];
    const params = [workspace_id, ...settings, chat.created_by, chat.member_count, chat.direct_key];
    const [inserted] = await transaction.query<ChatRow>(insert, params);
    return inserted;
  }

  /** Throws the unique violation of idx_chats_channel_name. */
  async update(transaction: Transaction, chatId: number, settings: ChatSettings): Promise<ChatRow> {
    const { name, description, is_private, is_archived } = settings;
    const params = [chatId, name, nameKey(name), description, is_private, is_archived];
    return one(await transaction.query<ChatRow>(update, params));
  }

  async markDeleted(transaction: Transaction, chatId: number): Promise<void> {
    await transaction.query(markDeleted, [chatId]);
  }

  /** The first hand-over of a chat that was inserted in this transaction. */
  async recordCreation(transaction: Transaction, chat: ChatRow, change: AccessChange): Promise<void> {
    await this.append(transaction, chat, chat.access_version, chat.created_by, change);
  }

  /** One version and one hand-over for each of the changes; `joined` is what they add to the number of members. */
  async record(
    transaction: Transaction,
    chat: ChatRow,
    actorId: number,
    changes: readonly AccessChange[],
    joined = 0,
  ): Promise<ChatRow> {
    const raised = one(await transaction.query<ChatRow>(raise, [chat.id, changes.length, joined]));
    const first = raised.access_version - changes.length + 1;
    for (const [index, change] of changes.entries()) {
      await this.append(transaction, chat, first + index, actorId, change);
    }
    return raised;
  }

  private async append(
    transaction: Transaction,
    { id, workspace_id }: ChatRow,
    version: number,
    actorId: number,
    change: AccessChange,
  ): Promise<void> {
    await this.outbox.append(transaction, { chat_id: id, workspace_id, version, actor_id: actorId, change });
  }
}

/** The row of a chat whose lock is held: it is there. */
function one(rows: readonly ChatRow[]): ChatRow {
  const [chat] = rows;
  if (chat === undefined) throw new Error('The locked chat has gone');
  return chat;
}
