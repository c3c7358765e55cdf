import type { Flag } from '../language/query.js';
import type { Effects } from './effects.js';

/** What a message has to match. */
export type Condition =
  | { readonly kind: 'word'; readonly text: string; readonly isPrefix: boolean }
  | { readonly kind: 'phrase' | 'part'; readonly text: string }
  | { readonly kind: 'sender' | 'chat'; readonly ids: readonly number[] }
  | { readonly kind: 'flag'; readonly flag: Flag }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition };

/** What to search, and where. Times are epoch milliseconds. */
export interface Search {
  readonly condition: Condition;
  /** Nothing else is found, whatever the condition says. */
  readonly chatIds: readonly number[];
  readonly from: number | undefined;
  /** Messages of this moment and later are not found. */
  readonly to: number | undefined;
  readonly sort: 'relevance' | 'recent';
  readonly limit: number;
  readonly after: Place | undefined;
}

/** A place in the results, behind the hit with these keys, and what the first page said about the whole. */
export interface Place {
  readonly score: number;
  readonly createdAt: number;
  readonly messageId: number;
  readonly total: number;
  readonly isExact: boolean;
  /** The newest match when the first page was made: later ones are not in this list. */
  readonly asOf: number;
}

export interface Hit {
  readonly chat_id: number;
  readonly message_id: number;
  readonly seq: number;
  readonly sender_id: number;
  readonly content: string;
  readonly created_at: Date;
  /** Higher fits better; 0 in the order of time. */
  readonly score: number;
}

export interface Found {
  readonly hits: readonly Hit[];
  /** At most `countedExactly`. */
  readonly total: number;
  readonly isExact: boolean;
  readonly asOf: number;
  readonly hasMore: boolean;
  /** The time was up, or the index is not complete, before everything was looked at. */
  readonly isPartial: boolean;
}

/** Totals are counted up to here, and relevance orders so many of the newest matches. */
export const countedExactly = 1_000;

/** For each word the stems under which it is looked up. */
export type Stems = ReadonlyMap<string, readonly string[]>;

/** One state of the index: while a new one is built aside, the active one goes on answering. */
export interface Generation {
  readonly id: number;
  readonly isActive: boolean;
  readonly isComplete: boolean;
}

/** A stretch of a chat's log: the index of the chat moves from `old` to `seq` with what the stretch has done. */
export interface Move {
  readonly chatId: number;
  readonly old: number;
  readonly seq: number;
  readonly effects: Effects;
}

/** The generation that answers. There is always one. */
export function activeOf(generations: readonly Generation[]): Generation {
  const active = generations.find(({ isActive }) => isActive);
  if (active === undefined) throw new Error('The index has no generation');
  return active;
}

/**
 * Stores what can be found, and finds it. Positions in the logs are stored together with what was read up to there, so
 * that any number of readers may write at once.
 */
export abstract class Engine {
  /** Throws UNAVAILABLE when the time is up before anything was found. */
  abstract find(search: Search): Promise<Found>;

  /**
   * For each hit up to `count` messages on either side of it in its chat, in the order of the chat, without the hit. Of
   * long ones the beginning.
   */
  abstract neighbours(hits: readonly Hit[], count: number): Promise<readonly (readonly Hit[])[]>;

  /** For each word the stems under which it is looked up, in all languages. */
  abstract stems(words: readonly string[]): Promise<Stems>;

  abstract generations(): Promise<readonly Generation[]>;

  /** Begins to build a generation aside; the one that is being built, if there is one. */
  abstract beginGeneration(): Promise<number>;

  /** Says that a generation has everything. It becomes the active one. */
  abstract completeGeneration(id: number): Promise<void>;

  /** Removes the generations before the active one. Goes on where it was cut short. */
  abstract retireGenerations(): Promise<void>;

  /** Where the chat's index stands; a chat that was never seen begins at 0. Undefined where the generation is gone. */
  abstract begin(generation: number, chatId: number): Promise<number | undefined>;

  /** Positions by chat id; chats that were never seen are left out. */
  abstract positions(generation: number, chatIds: readonly number[]): Promise<ReadonlyMap<number, number>>;

  /** Makes the moves, at most one of each chat. Answers the chats that were where they were expected; no other moved. */
  abstract apply(generation: number, moves: readonly Move[]): Promise<ReadonlySet<number>>;

  /** Removes everything of a chat but its position, as long as that is `expected`; false when it was moved meanwhile. */
  abstract purge(generation: number, chatId: number, expected: number): Promise<boolean>;

  /** Whether something of messages that were removed or changed is still to be forgotten. */
  abstract hasLeft(): Promise<boolean>;

  /** Forgets a piece of what is left of them. */
  abstract forget(): Promise<void>;
}
