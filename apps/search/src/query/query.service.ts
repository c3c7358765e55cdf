import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Bus, userOf, type CallContext } from '#bus/bus.js';
import { fitting } from '#bus/page-size.js';
import { chatRpc } from '#contracts/chat.contract.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { messageRpc } from '#contracts/message.contract.js';
import type { SearchResult, searchRpc } from '#contracts/search.contract.js';
import { userRpc, type User } from '#contracts/user.contract.js';
import { decodeCursor, encodeCursor } from '#database/cursor.js';
import { self } from '../self.js';
import { highlightHtml } from './highlight.js';
import { countedExactly, QueryRepository, type Hit, type Place } from './query.repository.js';
import { termsOf, type Terms } from './terms.js';

type Request = RequestOf<typeof searchRpc.messages>;
type Reply = ReplyOf<typeof searchRpc.messages>;

/** Finds messages for people, in the chats that they may read now. */
@Injectable()
export class QueryService {
  constructor(
    @Inject(Bus) private readonly bus: Bus,
    @Inject(QueryRepository) private readonly queries: QueryRepository,
  ) {}

  /**
   * Searches for the user who calls. VALIDATION_ERROR for a cursor of another
   * search, UNAVAILABLE when it takes too long.
   */
  async messages(request: Request, call: CallContext): Promise<Reply> {
    const userId = userOf(call).user_id;
    const startedAt = performance.now();
    const { workspace_id, filters, sort, cursor, limit } = request;
    const readable = await this.bus.call(
      messageRpc.readableChats,
      { workspace_id, chat_ids: filters.chat_ids },
      { within: call },
    );
    const list = listOf(userId, request);
    const after = cursor === undefined ? undefined : placeOf(list, cursor);
    const terms = termsOf(request.query);
    const search = {
      terms,
      chatIds: readable.chat_ids,
      senderIds: filters.sender_ids ?? null,
      from: filters.date_from ?? null,
      to: filters.date_to ?? null,
    };
    const { hits, total } =
      readable.chat_ids.length === 0 ? { hits: [], total: 0 } : await this.queries.find(search, sort, after, limit + 1);
    const shown = fitting(hits.slice(0, limit));
    const hasMore = (hits[0]?.found ?? 0) > shown.length;
    return {
      results: await this.results(shown, terms, call),
      total: Math.min(total, countedExactly),
      total_is_exact: total <= countedExactly,
      next_cursor: hasMore ? cursorBehind(list, shown.at(-1)) : null,
      processing_time_ms: Math.round((performance.now() - startedAt) * 10) / 10,
    };
  }

  /** A chat that the caller has left while the search ran is left out. */
  private async results(hits: readonly Hit[], terms: Terms, call: CallContext): Promise<SearchResult[]> {
    if (hits.length === 0) return [];
    const chatIds = [...new Set(hits.map((hit) => hit.chat_id))];
    const senderIds = [...new Set(hits.map((hit) => hit.sender_id))];
    const [{ chats }, { users }] = await Promise.all([
      this.bus.call(chatRpc.getMany, { ids: chatIds }, { within: call }),
      this.bus.call(userRpc.getMany, { ids: senderIds }, { within: call, as: self }),
    ]);
    const names = new Map(chats.map((chat) => [chat.id, chat.name]));
    const senders = new Map(users.map((user) => [user.id, user]));
    return hits.flatMap((hit) => {
      const name = names.get(hit.chat_id);
      return name === undefined ? [] : [toResult(hit, name, senders.get(hit.sender_id), terms)];
    });
  }
}

function toResult(hit: Hit, chatName: string, sender: User | undefined, { runs }: Terms): SearchResult {
  return {
    message_id: hit.message_id,
    chat_id: hit.chat_id,
    chat_name: chatName,
    seq: hit.seq,
    content: hit.content,
    highlight: highlightHtml(hit.headline, runs),
    sender: sender ?? { id: hit.sender_id, username: `user-${hit.sender_id}`, avatar_url: null },
    created_at: hit.created_at.toISOString(),
    score: hit.score,
  };
}

/** The search itself and who asks: a cursor goes on with this list and no other. */
function listOf(userId: number, { query, workspace_id, filters, sort }: Request): string {
  const asked = JSON.stringify([userId, query, workspace_id, filters, sort]);
  return `search.messages ${createHash('sha256').update(asked).digest('base64url')}`;
}

function placeOf(list: string, cursor: string): Place {
  const [score = 0, createdAt = 0, messageId = 0] = decodeCursor(list, cursor, 3);
  return { score, createdAt, messageId };
}

function cursorBehind(list: string, hit: Hit | undefined): string | null {
  return hit === undefined ? null : encodeCursor(list, [hit.score, hit.created_at.getTime(), hit.message_id]);
}
