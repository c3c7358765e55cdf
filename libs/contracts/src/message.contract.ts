import { z } from 'zod';
import { rpc } from './contract.js';
import { ChatRole } from './chat.contract.js';
import { Cursor, Done, Id, IdempotencyKey, limit, MessageContent, page, Seq, Timestamp } from './scalar.js';
import { User } from './user.contract.js';

/** Who put one emoji to a message. */
export const Reaction = z
  .strictObject({
    emoji: z.string(),
    count: z.int().min(1),
    user_ids: z.array(Id).describe('The first hundred in their order; `count` counts all'),
  })
  .meta({ id: 'Reaction' });
export type Reaction = z.infer<typeof Reaction>;

/** `seq`: place in the chat's log. `ordinal`: counts messages only. `version`: seq of the last change. */
export const Message = z
  .strictObject({
    id: Id,
    chat_id: Id,
    seq: Seq,
    ordinal: z.int().min(1),
    version: Seq,
    sender_id: Id,
    sender: User,
    content: z.string().describe('Empty when deleted'),
    parent_id: Id.nullable().describe('The message that this one replies to'),
    reply_count: z
      .int()
      .min(0)
      .describe(
        'Replies that were not deleted. `message.created` and `message.deleted` of a reply at seq s change its parent ' +
          'too: where you have the parent with a version below s, count one up or down and set its version to s.',
      ),
    mentions: z.array(Id).describe('Members who are named by @username'),
    reactions: z
      .array(Reaction)
      .describe('An emoji keeps its place as long as anybody has it here; new ones come last'),
    idempotency_key: IdempotencyKey.nullable(),
    edited_at: Timestamp.nullable(),
    deleted_at: Timestamp.nullable(),
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .meta({ id: 'Message' });
export type Message = z.infer<typeof Message>;

export const SendMessage = z
  .strictObject({
    chat_id: Id,
    content: MessageContent,
    idempotency_key: IdempotencyKey.optional(),
    parent_id: Id.optional().describe('Replies to this message of the same chat, which must not be a reply itself'),
  })
  .meta({ id: 'SendMessage' });

export const SendBatch = z.strictObject({ messages: z.array(SendMessage).min(1).max(500) }).meta({ id: 'SendBatch' });
export type SendBatch = z.infer<typeof SendBatch>;

export const SentBatch = z
  .strictObject({ messages: z.array(Message).describe('In the order in which they were given') })
  .meta({ id: 'SentBatch' });
export type SentBatch = z.infer<typeof SentBatch>;

export const EditMessage = z.strictObject({ content: MessageContent }).meta({ id: 'EditMessage' });

export const MessagePage = z
  .strictObject({
    messages: z.array(Message),
    ...page,
    as_of_seq: Seq.describe('The chat had this seq when the page was read'),
  })
  .meta({ id: 'MessagePage' });
export type MessagePage = z.infer<typeof MessagePage>;

/** Which messages to list: at most one of the positions. `after_*` runs forward, everything else newest first. */
export const MessageRange = z.strictObject({
  cursor: Cursor.optional(),
  before_id: Id.optional(),
  after_id: Id.optional(),
  before_seq: Seq.optional(),
  after_seq: Seq.optional(),
  around_id: Id.optional(),
});
export type MessageRange = z.infer<typeof MessageRange>;

/** Which replies to list: as MessageRange. */
export const ThreadRange = MessageRange.pick({ cursor: true, before_seq: true, after_seq: true });
export type ThreadRange = z.infer<typeof ThreadRange>;

export const MessageEdit = z
  .strictObject({ content: z.string(), edited_at: Timestamp })
  .describe('What the message said before it was edited, and until when')
  .meta({ id: 'MessageEdit' });
export type MessageEdit = z.infer<typeof MessageEdit>;

/** One of the caller's chats as message knows it. */
export const InboxChat = z.strictObject({
  chat_id: Id,
  workspace_id: Id,
  role: ChatRole,
  joined_seq: Seq,
  last_seq: Seq,
  read_seq: Seq,
  unread_count: z.int().min(0),
  mention_count: z.int().min(0),
  last_activity_at: Timestamp,
  last_message: z
    .strictObject({
      id: Id,
      content: z.string(),
      sender: User.pick({ id: true, username: true }),
      created_at: Timestamp,
    })
    .nullable(),
});
export type InboxChat = z.infer<typeof InboxChat>;

/** Raised when a restored backup made positions of clients meaningless. */
export const Epoch = z.int().min(1);

export const messageRpc = {
  send: rpc('message.send', 'user', SendMessage, Message),
  /** All or nothing. `messages` are the first ones, as many as fit into a reply; `rest` are the ids of the others. */
  sendBatch: rpc(
    'message.send_batch',
    'user',
    SendBatch,
    SentBatch.extend({ rest: z.array(Id).describe('For `message.get_sent`') }),
  ),
  /** What the caller has sent, in this order, wherever it was; the first ones, as many as fit into a reply. */
  getSent: rpc('message.get_sent', 'user', z.strictObject({ message_ids: z.array(Id).min(1).max(500) }), SentBatch),
  edit: rpc('message.edit', 'user', EditMessage.extend({ message_id: Id }), Message),
  delete: rpc('message.delete', 'user', z.strictObject({ message_id: Id }), Done),
  get: rpc('message.get', 'user', z.strictObject({ message_id: Id }), Message),
  history: rpc(
    'message.history',
    'user',
    z.strictObject({ message_id: Id }),
    z.strictObject({ edits: z.array(MessageEdit) }),
  ),
  /** A page that would exceed 512 KiB ends early with `has_more`. */
  list: rpc('message.list', 'user', MessageRange.extend({ chat_id: Id, limit: limit(50, 200) }), MessagePage),
  /** The replies to a message, deleted ones as tombstones; pages as those of `list`. */
  thread: rpc('message.thread', 'user', ThreadRange.extend({ message_id: Id, limit: limit(50, 200) }), MessagePage),
  /** Moves the caller's read position forward, never back and never past the end of the log. */
  read: rpc(
    'message.read',
    'user',
    z.strictObject({ chat_id: Id, seq: Seq }),
    z.strictObject({ chat_id: Id, read_seq: Seq, unread_count: z.int().min(0) }),
  ),
  /** Every chat of the caller, newest activity first; `workspace_id` narrows it. */
  inbox: rpc(
    'message.inbox',
    'user',
    z.strictObject({ workspace_id: Id.optional(), limit: limit(1000, 10_000), cursor: Cursor.optional() }),
    z.strictObject({ chats: z.array(InboxChat), ...page, epoch: Epoch, version: z.int().min(0) }),
  ),
  /** Chats that the caller may read now, for services that must not show others. */
  readableChats: rpc(
    'message.readable_chats',
    'user',
    z.strictObject({ workspace_id: Id.optional(), chat_ids: z.array(Id).max(1000).optional() }),
    z.strictObject({ chat_ids: z.array(Id) }),
  ),
  /** Messages of these chats that were not deleted. */
  count: rpc(
    'message.count',
    'service',
    z.strictObject({ workspace_id: Id }),
    z.strictObject({ message_count: z.int().min(0) }),
  ),
} as const;
