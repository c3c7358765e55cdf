import { Injectable } from '@nestjs/common';
import type { AccessHandOver } from '#contracts/access.contract.js';
import { Database, type Transaction } from '#database/database.js';
import { sql } from '#database/statement.js';

const append = sql(
  'chat.outbox.append',
  'INSERT INTO chat.access_outbox (chat_id, version, workspace_id, actor_id, change) VALUES ($1, $2, $3, $4, $5)',
);

const openAmong = sql(
  'chat.outbox.open_among',
  'SELECT DISTINCT chat_id FROM chat.access_outbox WHERE chat_id = ANY($1)',
);

const openOf = sql(
  'chat.outbox.open_of',
  `SELECT chat_id, version, workspace_id, actor_id, change FROM chat.access_outbox
   WHERE chat_id = $1 ORDER BY version LIMIT 20`,
);

const openSince = sql(
  'chat.outbox.open_since',
  `SELECT DISTINCT chat_id FROM chat.access_outbox
   WHERE chat_id > $1 AND created_at < clock_timestamp() - make_interval(secs => $2) ORDER BY chat_id LIMIT $3`,
);

const openOfUser = sql(
  'chat.outbox.open_of_user',
  `SELECT DISTINCT o.chat_id FROM chat.access_outbox o
   JOIN chat.chat_members m ON m.chat_id = o.chat_id AND m.user_id = $2
   WHERE o.workspace_id = $1`,
);

const discard = sql('chat.outbox.discard', 'DELETE FROM chat.access_outbox WHERE chat_id = $1 AND version <= $2');

/** Hand-overs that are not known to be applied. Their order is that of the versions of a chat. */
@Injectable()
export class OutboxRepository {
  constructor(private readonly database: Database) {}

  /** Part of the transaction that makes the change, under the lock of the chat's row. */
  async append(transaction: Transaction, handOver: AccessHandOver): Promise<void> {
    const { chat_id, version, workspace_id, actor_id, change } = handOver;
    await transaction.query(append, [chat_id, version, workspace_id, actor_id, JSON.stringify(change)]);
  }

  async openAmong(chatIds: readonly number[]): Promise<number[]> {
    return idsOf(await this.database.query(openAmong, [chatIds]));
  }

  /** The first hand-overs of a chat, in the order in which they must be applied. */
  async openOf(chatId: number): Promise<AccessHandOver[]> {
    return this.database.query<AccessHandOver>(openOf, [chatId]);
  }

  /** Chats of rising id that have waited for at least so many seconds. */
  async openSince(afterChatId: number, seconds: number, limit: number): Promise<number[]> {
    return idsOf(await this.database.query(openSince, [afterChatId, seconds, limit]));
  }

  /** Chats of the workspace that the user is or was a member of. */
  async openOfUser(workspaceId: number, userId: number): Promise<number[]> {
    return idsOf(await this.database.query(openOfUser, [workspaceId, userId]));
  }

  async discard(chatId: number, upToVersion: number): Promise<void> {
    await this.database.query(discard, [chatId, upToVersion]);
  }
}

function idsOf(rows: readonly { chat_id: number }[]): number[] {
  return rows.map((row) => row.chat_id);
}
