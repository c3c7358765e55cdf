import type { CachePattern, MemoryPattern } from './pattern.js';

const second = 1_000;

/** Every pattern that is cached through this lib. The table in the README is made of it. */
export const patterns = {
  user: {
    name: 'user',
    key: 'user:{user_id}',
    owner: 'auth',
    mostLocal: 50_000,
    localMs: 5 * second,
    isShared: true,
    ttlMs: 600 * second,
    staleMs: 0,
    negativeMs: second,
    invalidatedBy: 'a change of name or picture; the event `cache.invalidated` for the other processes',
  },
} as const satisfies Record<string, CachePattern>;

/** What processes remember in ways of their own. */
export const memories = {
  latestPage: {
    key: 'messages:chat:{chat_id}:latest',
    owner: 'message',
    localMs: 30 * second,
    negativeMs: 0,
    invalidatedBy: 'nothing: encoded bytes, extended by the log, served only as of the last `seq` (`LatestPages`)',
  },
  sender: {
    key: 'sender:{user_id}',
    owner: 'message',
    localMs: 25 * second,
    negativeMs: 25 * second,
    invalidatedBy: 'nothing: a rename shows when the time is over (`SenderService`)',
  },
  mention: {
    key: 'mention:{username}',
    owner: 'message',
    localMs: 60 * second,
    negativeMs: 5 * second,
    invalidatedBy: 'nothing: who is mentioned goes by the names of then (`MentionService`)',
  },
} as const satisfies Record<string, MemoryPattern>;

/** What became of the other patterns of the performance guide. */
export const otherPatterns: readonly { readonly key: string; readonly instead: string }[] = [
  {
    key: 'chat:messages:{chat_id}:{page}',
    instead: 'not cached: a page by `seq` costs the same at any depth, and deep pages are seldom read twice',
  },
  {
    key: 'user:email:{email}',
    instead: 'not cached: it is read for logins only, whose hash takes 35 ms and the statement 0.1 ms',
  },
  {
    key: 'chat:{chat_id}, chat:members:{chat_id}, workspace:{workspace_id}, workspace:{workspace_id}:users, :chats',
    instead: 'not cached: read together with the right to see it, by one statement that has to be made anyway',
  },
  {
    key: 'message:{message_id}',
    instead: 'not cached: the same, and a statement by primary key (0.09 ms) is as quick as Redis (0.08 ms)',
  },
  {
    key: 'search:messages:{query_hash}:{page}',
    instead: 'not cached: 0.09 searches an hour and person, each of its own words and rights; and deleted text must go',
  },
];
