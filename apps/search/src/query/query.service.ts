import { Injectable } from '@nestjs/common';
import { Bus, userOf, type CallContext } from '#bus/bus.js';
import { fitting } from '#bus/page-size.js';
import { chatRpc } from '#contracts/chat.contract.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import { messageRpc } from '#contracts/message.contract.js';
import type { SearchContext, SearchResult, searchRpc } from '#contracts/search.contract.js';
import { userRpc, type User } from '#contracts/user.contract.js';
import { Engine, type Condition, type Found, type Hit } from '../engine/engine.js';
import { stemmedWords } from '../engine/tsquery.js';
import { highlightHtml, wordsToStem } from '../highlight/highlight.js';
import { wantedOf } from '../highlight/wanted.js';
import { self } from '../self.js';
import { cursorBehind, listOf, placeOf } from './cursor.js';
import { resolveNames } from './names.js';
import { narrowed, timeOf, understood, withFilters } from './search-request.js';

type Request = RequestOf<typeof searchRpc.messages>;
type Reply = ReplyOf<typeof searchRpc.messages>;

/** As many as `auth.user.get_many` takes; a page with its neighbours may have more senders. */
const usersAtOnce = 1_000;

const nothing: Found = { hits: [], total: 0, isExact: true, asOf: 0, hasMore: false, isPartial: false };

/** Finds messages for people, in the chats that they may read now. */
@Injectable()
export class QueryService {
  constructor(
    private readonly bus: Bus,
    private readonly engine: Engine,
  ) {}

  /**
   * Searches for the user who calls. VALIDATION_ERROR for a query that is wrong, with the place, and for a cursor of
   * another search; UNAVAILABLE when the time is up before anything was found.
   */
  async messages(request: Request, call: CallContext): Promise<Reply> {
    const userId = userOf(call).user_id;
    const startedAt = performance.now();
    const { workspace_id, filters, sort, cursor, limit, context } = request;
    const parsed = understood(request.query, Date.now());
    const readable = await this.bus.call(
      messageRpc.readableChats,
      { workspace_id, chat_ids: filters.chat_ids },
      { within: call },
    );
    const list = listOf(userId, request);
    const after = cursor === undefined ? undefined : placeOf(list, cursor);
    const condition = parsed.query && (await resolveNames(this.bus, parsed.query, userId, call));
    const chatIds = condition === undefined ? [] : narrowed(readable.chat_ids, condition);
    const found =
      condition === undefined || chatIds.length === 0
        ? nothing
        : await this.engine.find({
            condition: withFilters(condition, request, chatIds),
            chatIds,
            sort,
            limit,
            after,
            ...timeOf(parsed, request),
          });
    // Before neighbours are looked for: those of what has no room are not needed.
    const hits = fitting(found.hits);
    const results = condition === undefined ? [] : await this.results(hits, condition, context, call);
    const shown = fitting(results);
    const last = shown.length === results.length ? hits.at(-1) : lastOf(hits, shown);
    const isCut = shown.length < results.length || hits.length < found.hits.length;
    return {
      results: [...shown],
      total: found.total,
      total_is_exact: found.isExact && !found.isPartial,
      partial: found.isPartial,
      next_cursor: found.hasMore || isCut ? cursorBehind(list, last, found) : null,
      processing_time_ms: Math.round((performance.now() - startedAt) * 10) / 10,
    };
  }

  /** A chat that the caller has left while the search ran is left out, and so is its context. */
  private async results(
    hits: readonly Hit[],
    condition: Condition,
    count: number,
    call: CallContext,
  ): Promise<SearchResult[]> {
    if (hits.length === 0) return [];
    const around = count === 0 ? [] : await this.engine.neighbours(hits, count);
    const chatIds = [...new Set(hits.map((hit) => hit.chat_id))];
    const senderIds = [...new Set([...hits, ...around.flat()].map((hit) => hit.sender_id))];
    const [{ chats }, senders, highlight] = await Promise.all([
      this.bus.call(chatRpc.getMany, { ids: chatIds }, { within: call }),
      this.users(senderIds, call),
      this.highlighter(hits, condition),
    ]);
    const names = new Map(chats.map((chat) => [chat.id, chat.name]));
    return hits.flatMap((hit, index) => {
      const chat_name = names.get(hit.chat_id);
      if (chat_name === undefined) return [];
      const result = { ...shownOf(hit, senders), chat_id: hit.chat_id, chat_name, score: hit.score };
      const found = { ...result, highlight: highlight(hit.content) };
      return count === 0 ? found : { ...found, context: (around[index] ?? []).map((each) => shownOf(each, senders)) };
    });
  }

  private async users(ids: readonly number[], call: CallContext): Promise<ReadonlyMap<number, User>> {
    const asked: Promise<{ users: readonly User[] }>[] = [];
    for (let first = 0; first < ids.length; first += usersAtOnce) {
      const some = ids.slice(first, first + usersAtOnce);
      asked.push(this.bus.call(userRpc.getMany, { ids: some }, { within: call, as: self }));
    }
    const users = (await Promise.all(asked)).flatMap((reply) => reply.users);
    return new Map(users.map((user) => [user.id, user]));
  }

  private async highlighter(hits: readonly Hit[], condition: Condition): Promise<(text: string) => string> {
    const wanted = wantedOf(condition, await this.engine.stems(stemmedWords(condition)));
    const stems = await this.engine.stems(hits.flatMap(({ content }) => wordsToStem(content, wanted)));
    return (text) => highlightHtml(text, wanted, stems);
  }
}

function shownOf(hit: Hit, senders: ReadonlyMap<number, User>): SearchContext {
  const { message_id, seq, content, sender_id } = hit;
  const sender = senders.get(sender_id) ?? { id: sender_id, username: `user-${sender_id}`, avatar_url: null };
  return { message_id, seq, content, sender, created_at: hit.created_at.toISOString() };
}

/** The hit of the last result that the page has room for. */
function lastOf(hits: readonly Hit[], shown: readonly SearchResult[]): Hit | undefined {
  const id = shown.at(-1)?.message_id;
  return hits.find((hit) => hit.message_id === id);
}
