import { z } from 'zod';
import { ErrorBody } from './error.js';
import { Epoch, SendMessage } from './message.contract.js';
import { Presence, PresenceStatus } from './presence.contract.js';
import { Id, Seq, text, Timestamp } from './scalar.js';

const ref = { ref: z.union([text(1, 64), z.int()]).optional() };

/** Positions by chat id, as JSON object keys are text. */
const Positions = z.record(z.string().regex(/^[1-9][0-9]{0,15}$/), Seq);

/** What a client may send over a realtime connection. */
export const ClientFrame = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('auth'), token: text(1, 8192), ...ref }),
  z.strictObject({ type: z.literal('resume'), epoch: z.int(), cursors: Positions, ...ref }),
  z.strictObject({ type: z.literal('send'), ...SendMessage.shape, ...ref }),
  z.strictObject({ type: z.literal('typing'), chat_id: Id, ...ref }),
  z.strictObject({ type: z.literal('read'), chat_id: Id, seq: Seq, ...ref }),
  z.strictObject({ type: z.literal('presence'), status: PresenceStatus.exclude(['offline']), ...ref }),
  z.strictObject({ type: z.literal('presence.watch'), user_ids: z.array(Id).max(500), ...ref }),
  z.strictObject({ type: z.literal('ping'), ...ref }),
]);
export type ClientFrame = z.infer<typeof ClientFrame>;

function frame<Type extends string, Data extends z.ZodType>(type: Type, data: Data) {
  return z.strictObject({ type: z.literal(type), data });
}

/** What the server sends beside the entries of the logs (LogEntry, which are frames as they are). */
export const ServerFrame = z.discriminatedUnion('type', [
  frame(
    'ready',
    z.strictObject({ connection_id: z.string(), user_id: Id, epoch: Epoch, heartbeat_s: z.int(), heads: Positions }),
  ),
  frame('ack', z.strictObject({ ref: ref.ref }).loose()),
  frame('error', z.strictObject({ ref: ref.ref, error: ErrorBody.shape.error })),
  frame('gap', z.strictObject({ chat_id: Id, from: Seq, to: Seq })),
  frame('head', z.strictObject({ chat_id: Id, seq: Seq })),
  frame('receipt.updated', z.strictObject({ chat_id: Id, user_id: Id, read_seq: Seq, unread_count: z.int() })),
  frame('typing.start', z.strictObject({ chat_id: Id, user_id: Id })),
  frame('typing.stop', z.strictObject({ chat_id: Id, user_id: Id })),
  frame('presence.update', Presence.extend({ last_seen: Timestamp.nullable().describe('Null when it is not known') })),
  frame('pong', z.strictObject({ ref: ref.ref })),
]);
export type ServerFrame = z.infer<typeof ServerFrame>;

/** Close codes of the WebSocket. */
export const closeCode = {
  unauthenticated: 4001,
  revoked: 4003,
  tooSlow: 4008,
  protocolError: 4009,
  tooManyFrames: 4029,
  restarting: 1012,
} as const;
