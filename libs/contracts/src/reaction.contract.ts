import { z } from 'zod';
import { rpc } from './contract.js';
import { Message } from './message.contract.js';
import { Id, text } from './scalar.js';

/** 1 to 64 UTF-16 units, stored as sent: an emoji, or the name of one. `.` and `..` cannot stand in a path. */
export const Emoji = text(1, 64).regex(
  /^(?!\.{1,2}$)[^\s\p{Cc}]+$/u,
  'Must not contain white space or control characters, nor be . or ..',
);

export const NewReaction = z.strictObject({ emoji: Emoji }).meta({ id: 'NewReaction' });

/** A message has at most this many different emoji. */
export const mostEmoji = 20;

/** Of those who put an emoji to a message at most this many are named. */
export const mostNamed = 100;

const ofMessage = NewReaction.extend({ message_id: Id });

/** Both answer the message as it is now. Not in archived chats (FORBIDDEN) or to deleted messages (CONFLICT). */
export const reactionRpc = {
  /** Adding twice is one. CONFLICT for an emoji beyond the twentieth. */
  add: rpc('message.reaction.add', 'user', ofMessage, Message),
  remove: rpc('message.reaction.remove', 'user', ofMessage, Message),
} as const;
