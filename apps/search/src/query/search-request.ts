import { invalid } from '#contracts/error.js';
import type { RequestOf } from '#contracts/contract.js';
import type { searchRpc } from '#contracts/search.contract.js';
import type { Condition } from '../engine/engine.js';
import { parseQuery } from '../language/parser.js';
import { QueryError, type ParsedQuery } from '../language/query.js';

type Request = RequestOf<typeof searchRpc.messages>;

/** So few chats are looked up in the index; of more, each match is asked whether it is in one of them. */
const fewChats = 16;

/** The query as it was understood; VALIDATION_ERROR, with the place, for what is wrong in it. */
export function understood(query: string, now: number): ParsedQuery {
  try {
    return parseQuery(query, now);
  } catch (error) {
    if (error instanceof QueryError) throw invalid('query', error.message);
    throw error;
  }
}

/** Of the chats that may be read those in which the condition can be met. */
export function narrowed(chatIds: readonly number[], condition: Condition): readonly number[] {
  if (condition.kind === 'all') return condition.of.reduce(narrowed, chatIds);
  return condition.kind === 'chat' ? chatIds.filter((id) => condition.ids.includes(id)) : chatIds;
}

/** The condition together with what the filters say. */
export function withFilters(condition: Condition, { filters }: Request, chatIds: readonly number[]): Condition {
  const more: Condition[] = [];
  if (filters.sender_ids !== undefined) more.push({ kind: 'sender', ids: filters.sender_ids });
  if (chatIds.length <= fewChats) more.push({ kind: 'chat', ids: chatIds });
  for (const flag of filters.has ?? []) more.push({ kind: 'flag', flag });
  for (const flag of filters.is ?? []) more.push({ kind: 'flag', flag: flag === 'thread' ? 'reply' : flag });
  return more.length === 0 ? condition : { kind: 'all', of: [condition, ...more] };
}

/** The time that both the query and the filters leave: `date_from` and `date_to` are within. */
export function timeOf({ from, to }: ParsedQuery, { filters }: Request): Pick<ParsedQuery, 'from' | 'to'> {
  const begin = filters.date_from === undefined ? from : Math.max(Date.parse(filters.date_from), from ?? -Infinity);
  const end = filters.date_to === undefined ? to : Math.min(Date.parse(filters.date_to) + 1, to ?? Infinity);
  return { from: begin, to: end };
}
