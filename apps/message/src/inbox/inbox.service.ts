import { Injectable } from '@nestjs/common';
import type { ReplyOf } from '#contracts/contract.js';
import type { InboxChat, messageRpc } from '#contracts/message.contract.js';
import type { User } from '#contracts/user.contract.js';
import { decodeCursor, encodeCursor } from '#database/cursor.js';
import { fitting } from '#bus/page-size.js';
import { senderOf, SenderService } from '../sender/sender.service.js';
import { InboxRepository, type InboxPosition, type InboxRow } from './inbox.repository.js';

/** The chats where a user is present now, with what waits in them. */
@Injectable()
export class InboxService {
  constructor(
    private readonly inboxes: InboxRepository,
    private readonly senders: SenderService,
  ) {}

  /** Newest activity first. VALIDATION_ERROR for a cursor of another inbox. */
  async page(
    userId: number,
    { workspaceId, cursor, limit }: { workspaceId?: number; cursor?: string; limit: number },
  ): Promise<ReplyOf<typeof messageRpc.inbox>> {
    const list = `message.inbox ${userId} ${workspaceId ?? ''}`;
    const after = cursor === undefined ? undefined : positionOf(list, cursor);
    const { chats: rows, found, version, epoch } = await this.inboxes.page(userId, workspaceId, after, limit + 1);
    const senders = await this.senders.get(rows.flatMap((row) => (row.message_id === null ? [] : row.sender_id)));
    const chats = fitting(rows.slice(0, limit).map((row) => toInboxChat(row, senders)));
    const last = rows[chats.length - 1];
    const hasMore = last !== undefined && found > chats.length;
    const next = hasMore ? encodeCursor(list, [last.last_activity_at.getTime(), last.chat_id]) : null;
    return { chats: [...chats], next_cursor: next, has_more: hasMore, epoch, version };
  }

  /** Ids of the chats that the user may read now; `chatIds` and `workspaceId` narrow them. */
  async readable(userId: number, workspaceId?: number, chatIds?: readonly number[]): Promise<number[]> {
    return this.inboxes.readable(userId, workspaceId, chatIds);
  }
}

function positionOf(list: string, cursor: string): InboxPosition {
  const [activityAt = 0, chatId = 0] = decodeCursor(list, cursor, 2);
  return { activityAt, chatId };
}

function toInboxChat(row: InboxRow, senders: ReadonlyMap<number, User>): InboxChat {
  const { chat_id, workspace_id, role, joined_seq, last_seq, read_seq, unread_count, mention_count } = row;
  const { id, username } = senderOf(senders, row.sender_id);
  return {
    chat_id,
    workspace_id,
    role,
    joined_seq,
    last_seq,
    read_seq,
    unread_count,
    mention_count,
    last_activity_at: row.last_activity_at.toISOString(),
    last_message:
      row.message_id === null
        ? null
        : {
            id: row.message_id,
            content: row.content,
            sender: { id, username },
            created_at: row.created_at.toISOString(),
          },
  };
}
