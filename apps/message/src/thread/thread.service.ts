import { Inject, Injectable } from '@nestjs/common';
import { fitting } from '#bus/page-size.js';
import { invalid, notFound } from '#contracts/error.js';
import type { MessagePage, ThreadRange } from '#contracts/message.contract.js';
import { decodeCursor, encodeCursor } from '#database/cursor.js';
import { toMessage } from '../message.row.js';
import { senderOf, SenderService } from '../sender/sender.service.js';
import { ThreadRepository } from './thread.repository.js';

/** Where a page begins and which way it runs. */
interface Position {
  readonly forward: boolean;
  readonly seq: number;
}

/** Reads the replies to a message, for members who are present in its chat. */
@Injectable()
export class ThreadService {
  constructor(
    @Inject(ThreadRepository) private readonly threads: ThreadRepository,
    @Inject(SenderService) private readonly senders: SenderService,
  ) {}

  /** NOT_FOUND without access, VALIDATION_ERROR for a foreign cursor or for more than one position. */
  async list(userId: number, messageId: number, range: ThreadRange, limit: number): Promise<MessagePage> {
    const { forward, seq } = positionOf(messageId, range);
    const replies = forward
      ? await this.threads.after(userId, messageId, seq, limit + 1)
      : await this.threads.before(userId, messageId, seq, limit + 1);
    if (replies === undefined) throw notFound('message');
    const rows = replies.rows.slice(0, limit);
    const senders = await this.senders.get(rows.map((row) => row.sender_id));
    const messages = fitting(rows.map((row) => toMessage(row, senderOf(senders, row.sender_id))));
    const last = messages.at(-1);
    const hasMore = last !== undefined && replies.found > messages.length;
    const next = hasMore ? encodeCursor(threadOf(messageId), [forward ? 1 : 0, last.seq]) : null;
    return { messages: [...messages], next_cursor: next, has_more: hasMore, as_of_seq: replies.asOfSeq };
  }
}

function positionOf(messageId: number, { cursor, before_seq, after_seq }: ThreadRange): Position {
  const given = Object.entries({ cursor, before_seq, after_seq }).filter(([, value]) => value !== undefined);
  if (given.length > 1) throw invalid(given[1]?.[0] ?? '', 'Name at most one position in the list');
  if (cursor !== undefined) {
    const [forward, seq] = decodeCursor(threadOf(messageId), cursor, 2);
    return { forward: forward === 1, seq: seq ?? 0 };
  }
  if (after_seq !== undefined) return { forward: true, seq: after_seq };
  return { forward: false, seq: before_seq ?? Number.MAX_SAFE_INTEGER };
}

function threadOf(messageId: number): string {
  return `message.thread ${messageId}`;
}
