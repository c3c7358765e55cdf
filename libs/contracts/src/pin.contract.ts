import { z } from 'zod';
import { rpc } from './contract.js';
import { Message } from './message.contract.js';
import { Cursor, Done, Id, limit, page, Seq, Timestamp } from './scalar.js';

/** A chat has at most this many pinned messages. */
export const mostPins = 100;

export const Pin = z
  .strictObject({ message: Message, pinned_by: Id.describe('A user'), pinned_at: Timestamp })
  .meta({ id: 'Pin' });
export type Pin = z.infer<typeof Pin>;

export const PinPage = z
  .strictObject({
    pins: z.array(Pin),
    ...page,
    as_of_seq: Seq.describe('The chat had this seq when the page was read'),
  })
  .meta({ id: 'PinPage' });
export type PinPage = z.infer<typeof PinPage>;

const ofMessage = z.strictObject({ message_id: Id });

/** For every member. Changes are refused in archived chats (FORBIDDEN) and of deleted messages (CONFLICT). */
export const pinRpc = {
  /** Pinning what is pinned changes nothing. CONFLICT when the chat has as many pins as it may have. */
  add: rpc('message.pin.add', 'user', ofMessage, Done),
  remove: rpc('message.pin.remove', 'user', ofMessage, Done),
  /** The last pinned first. A page that would exceed 512 KiB ends early with `has_more`. */
  list: rpc(
    'message.pin.list',
    'user',
    z.strictObject({ chat_id: Id, limit: limit(50, mostPins), cursor: Cursor.optional() }),
    PinPage,
  ),
} as const;
