import { z } from 'zod';
import { AccessMember, LoggedChat } from './access.contract.js';
import { event, rpc } from './contract.js';
import { Epoch, Message } from './message.contract.js';
import { Emoji } from './reaction.contract.js';
import { Id, limit, Seq, Timestamp } from './scalar.js';

function entry<Type extends string, Data extends z.ZodType>(type: Type, data: Data) {
  return z.strictObject({ type: z.literal(type), chat_id: Id, seq: Seq, data });
}

const change = { actor_id: Id, created_at: Timestamp };
const pin = z.strictObject({ message_id: Id, user_id: Id, ...change });
const reaction = pin.extend({ emoji: Emoji });

/**
 * One durable change of a chat. The same JSON is an entry of the log, the payload on the bus and the frame that a
 * client receives. Entries of messages carry the message as it is when they are read: apply one only if its `version`
 * is not lower than what you have. A reaction becomes the version of its message: apply it if yours is lower than its
 * `seq`, and give yours that version.
 */
export const LogEntry = z
  .discriminatedUnion('type', [
    entry('message.created', z.strictObject({ message: Message })),
    entry('message.updated', z.strictObject({ message: Message })),
    entry('message.deleted', z.strictObject({ message: Message })),
    entry('reaction.added', reaction),
    entry('reaction.removed', reaction),
    entry('message.pinned', pin),
    entry('message.unpinned', pin),
    entry('chat.created', z.strictObject({ chat: LoggedChat, members: z.array(AccessMember), ...change })),
    entry('chat.updated', z.strictObject({ chat: LoggedChat, ...change })),
    entry('chat.deleted', z.strictObject(change)),
    entry('member.added', z.strictObject({ member: AccessMember, ...change })),
    entry('member.updated', z.strictObject({ member: AccessMember, ...change })),
    entry('member.removed', z.strictObject({ user_id: Id, ...change })),
  ])
  .meta({ id: 'LogEntry' });
export type LogEntry = z.infer<typeof LogEntry>;

export const LogPage = z
  .strictObject({
    entries: z.array(LogEntry).describe('Dense: seq rises by one from entry to entry'),
    has_more: z.boolean(),
    last_seq: Seq.describe('End of the log when the page was read'),
    epoch: Epoch,
  })
  .meta({ id: 'LogPage' });
export type LogPage = z.infer<typeof LogPage>;

/** The end of a chat's log. */
export const Head = z.strictObject({ chat_id: Id, last_seq: Seq });
export type Head = z.infer<typeof Head>;

const range = z.strictObject({ chat_id: Id, after: Seq, limit: limit(200, 500) });

/** A chat that a user is in: since which entry, and how far its log reaches. */
export const Place = z.strictObject({ chat_id: Id, joined_seq: Seq, last_seq: Seq });
export type Place = z.infer<typeof Place>;

export const logRpc = {
  /** For people: only chats that the caller may read now. */
  read: rpc('message.log.read', 'user', range, LogPage),
  /** For the readers of the log among the services. A chat that does not exist has an empty log. */
  follow: rpc('message.log.follow', 'service', range, LogPage),
  /**
   * Heads of chats that changed in the last three minutes, in slices of rising chat id; cached for a second. The first
   * slice is asked for without `after_chat_id`; `has_more` is there only when it is true.
   */
  recentHeads: rpc(
    'message.log.recent_heads',
    'service',
    z.strictObject({ after_chat_id: z.int().min(0).optional(), limit: z.int().min(1).max(12_000).optional() }),
    z.strictObject({ heads: z.array(Head), epoch: Epoch, has_more: z.boolean().optional() }),
  ),
  /** Heads of all chats in slices of rising chat id, for full comparisons. */
  allHeads: rpc(
    'message.log.all_heads',
    'service',
    z.strictObject({ after_chat_id: z.int().min(0), limit: limit(1000, 5000) }),
    z.strictObject({ heads: z.array(Head), has_more: z.boolean() }),
  ),
  /** For each of the caller's chats that changed since `since`: the seq before the first change of that time. */
  changedSince: rpc(
    'message.log.changed_since',
    'user',
    z.strictObject({ since: Timestamp }),
    z.strictObject({ chats: z.array(z.strictObject({ chat_id: Id, after: Seq })), epoch: Epoch }),
  ),
  /**
   * The chats that users may read now, each with the version of the inbox that has them; of a user at most 10,000, and
   * `has_more`, which is there only when it is true, says that there may be others. Users who do not fit into the reply
   * are left out, to be asked for again; the first one always fits.
   */
  places: rpc(
    'message.places',
    'service',
    z.strictObject({ user_ids: z.array(Id).min(1).max(100) }),
    z.strictObject({
      users: z.array(
        z.strictObject({
          user_id: Id,
          version: z.int().min(0),
          places: z.array(Place),
          has_more: z.boolean().optional(),
        }),
      ),
      epoch: Epoch,
    }),
  ),
  /** Which of the chats have at most 100 members now. */
  smallChats: rpc(
    'message.small_chats',
    'service',
    z.strictObject({ chat_ids: z.array(Id).min(1).max(1000) }),
    z.strictObject({ chat_ids: z.array(Id) }),
  ),
  /** Versions of the inboxes of users: where one is higher than known, access or a read position has changed. */
  inboxVersions: rpc(
    'message.inbox_versions',
    'service',
    z.strictObject({ user_ids: z.array(Id).max(1000) }),
    z.strictObject({ versions: z.array(z.strictObject({ user_id: Id, version: z.int().min(0) })) }),
  ),
} as const;

export const logEvent = {
  /** The log of a chat has grown to `last_seq`; `entries` are its last ones, absent when they are too many or too long. */
  chat: event('chat.{chat_id}.log', z.strictObject({ chat_id: Id, last_seq: Seq, entries: z.array(LogEntry) })),
  /** Something about a user's own inbox has changed. */
  user: event(
    'user.{user_id}.inbox',
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('access'), chat_id: Id, version: z.int() }),
      z.strictObject({ type: z.literal('read'), chat_id: Id, read_seq: Seq, unread_count: z.int(), version: z.int() }),
    ]),
  ),
} as const;
