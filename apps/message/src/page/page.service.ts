import { Injectable } from '@nestjs/common';
import { invalid, notFound } from '#contracts/error.js';
import type { Message, MessageEdit, MessageRange } from '#contracts/message.contract.js';
import type { Encoded } from '#bus/encoded.js';
import { fitting } from '#bus/page-size.js';
import type { MessageRow } from '../message.row.js';
import { SenderService } from '../sender/sender.service.js';
import { encodeMessage, encodePage, leading, type EncodedMessage } from './encoded-page.js';
import { mostLatest } from './latest-page.js';
import { LatestPages } from './latest-pages.js';
import { listOfChat, positionOf } from './page-cursor.js';
import { PageRepository } from './page.repository.js';

/** Where a page begins and which way it runs; `around` has its message in the middle. */
interface Position {
  readonly way: 'older' | 'newer' | 'around';
  readonly seq: number;
}

const newest: Position = { way: 'older', seq: Number.MAX_SAFE_INTEGER };

/** Reads messages, for members who are present in their chat. Everything else is NOT_FOUND. */
@Injectable()
export class PageService {
  constructor(
    private readonly pages: PageRepository,
    private readonly senders: SenderService,
    private readonly latest: LatestPages,
  ) {}

  /** A MessagePage of a chat by `seq`. VALIDATION_ERROR for a foreign cursor or for more than one position. */
  async list(userId: number, chatId: number, range: MessageRange, limit: number): Promise<Encoded> {
    const position = isNowhere(range) ? newest : await this.position(userId, chatId, range);
    const latest = position === newest && limit <= mostLatest && (await this.latest.read(userId, chatId, limit));
    if (latest) return latest;
    if (position.way === 'around') return this.around(userId, chatId, position.seq, limit);
    const forward = position.way === 'newer';
    const slice = forward
      ? await this.pages.after(userId, chatId, position.seq, limit + 1)
      : await this.pages.before(userId, chatId, position.seq, limit + 1);
    if (slice === undefined) throw notFound('chat');
    const messages = leading(await this.encoded(slice.rows), limit);
    const { found, asOfSeq } = slice;
    return encodePage(listOfChat(chatId), messages, { forward, hasMore: found > messages.length, asOfSeq });
  }

  async get(userId: number, messageId: number): Promise<Message> {
    const [message] = await this.senders.attach([await this.present(userId, messageId)]);
    if (message === undefined) throw notFound('message');
    return message;
  }

  /** What the message said before, oldest first: the last edits that fit into a page, none once it is deleted. */
  async history(userId: number, messageId: number): Promise<MessageEdit[]> {
    const row = await this.present(userId, messageId);
    if (row.deleted_at !== null) return [];
    const edits = await this.pages.edits(row.chat_id, row.id);
    return fitting(
      edits.map((edit) => ({ content: edit.content, edited_at: edit.created_at.toISOString() })),
    ).toReversed();
  }

  /** Messages of a workspace's chats that were not deleted; for services. */
  async count(workspaceId: number): Promise<number> {
    return this.pages.countOfWorkspace(workspaceId);
  }

  private async present(userId: number, messageId: number): Promise<MessageRow> {
    const row = await this.pages.get(userId, messageId);
    if (row === undefined) throw notFound('message');
    return row;
  }

  private async position(userId: number, chatId: number, range: MessageRange): Promise<Position> {
    const given = Object.entries(range).filter(([, value]) => value !== undefined);
    if (given.length > 1) throw invalid(given[1]?.[0] ?? '', 'Name at most one position in the list');
    const { cursor, before_id, after_id, before_seq, after_seq, around_id } = range;
    if (cursor !== undefined) {
      const { forward, seq } = positionOf(listOfChat(chatId), cursor);
      return { way: forward ? 'newer' : 'older', seq };
    }
    if (before_seq !== undefined) return { way: 'older', seq: before_seq };
    if (after_seq !== undefined) return { way: 'newer', seq: after_seq };
    const anchor = before_id ?? after_id ?? around_id;
    if (anchor === undefined) return newest;
    const seq = await this.pages.locate(userId, chatId, anchor);
    if (seq === undefined) throw notFound('chat');
    if (seq === null) throw notFound('message');
    return { way: before_id !== undefined ? 'older' : after_id !== undefined ? 'newer' : 'around', seq };
  }

  /** As many on either side as may be: what one side lacks the other fills. Newest first, goes on with the older. */
  private async around(userId: number, chatId: number, seq: number, limit: number): Promise<Encoded> {
    const sides = await this.pages.around(userId, chatId, seq, limit + 1);
    if (sides === undefined) throw notFound('chat');
    const { older, newer } = sides;
    const fromNewer = Math.min(newer.rows.length, Math.max(Math.floor(limit / 2), limit - older.rows.length));
    const outward = [
      ...older.rows.slice(0, limit - fromNewer).map((row, index) => ({ row, distance: 2 * index })),
      ...newer.rows.slice(0, fromNewer).map((row, index) => ({ row, distance: 2 * index + 1 })),
    ].sort((a, b) => a.distance - b.distance);
    const nearest = leading(await this.encoded(outward.map(({ row }) => row)), limit);
    const messages = [...nearest].sort((a, b) => b.seq - a.seq);
    const shownOlder = messages.filter((message) => message.seq <= seq).length;
    const { found, asOfSeq } = older;
    return encodePage(listOfChat(chatId), messages, { forward: false, hasMore: found > shownOlder, asOfSeq });
  }

  private async encoded(rows: readonly MessageRow[]): Promise<EncodedMessage[]> {
    return (await this.senders.attach(rows)).map(encodeMessage);
  }
}

/** Whether no position is named: so are most lists, and they are asked for most. */
function isNowhere(range: MessageRange): boolean {
  return Object.values(range).every((value) => value === undefined);
}
