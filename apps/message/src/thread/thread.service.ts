import { Injectable } from '@nestjs/common';
import type { Encoded } from '#bus/encoded.js';
import { invalid, notFound } from '#contracts/error.js';
import type { ThreadRange } from '#contracts/message.contract.js';
import { encodeMessage, encodePage, leading } from '../page/encoded-page.js';
import { listOfThread, positionOf, type PagePosition } from '../page/page-cursor.js';
import { SenderService } from '../sender/sender.service.js';
import { ThreadRepository } from './thread.repository.js';

/** Reads the replies to a message, for members who are present in its chat. */
@Injectable()
export class ThreadService {
  constructor(
    private readonly threads: ThreadRepository,
    private readonly senders: SenderService,
  ) {}

  /** A MessagePage. NOT_FOUND without access, VALIDATION_ERROR for a foreign cursor or for more than one position. */
  async list(userId: number, messageId: number, range: ThreadRange, limit: number): Promise<Encoded> {
    const { forward, seq } = startOf(messageId, range);
    const replies = forward
      ? await this.threads.after(userId, messageId, seq, limit + 1)
      : await this.threads.before(userId, messageId, seq, limit + 1);
    if (replies === undefined) throw notFound('message');
    const { rows, found, asOfSeq } = replies;
    const messages = leading((await this.senders.attach(rows)).map(encodeMessage), limit);
    return encodePage(listOfThread(messageId), messages, { forward, hasMore: found > messages.length, asOfSeq });
  }
}

function startOf(messageId: number, { cursor, before_seq, after_seq }: ThreadRange): PagePosition {
  const given = Object.entries({ cursor, before_seq, after_seq }).filter(([, value]) => value !== undefined);
  if (given.length > 1) throw invalid(given[1]?.[0] ?? '', 'Name at most one position in the list');
  if (cursor !== undefined) return positionOf(listOfThread(messageId), cursor);
  if (after_seq !== undefined) return { forward: true, seq: after_seq };
  return { forward: false, seq: before_seq ?? Number.MAX_SAFE_INTEGER };
}
