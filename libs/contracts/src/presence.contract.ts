import { z } from 'zod';
import { event } from './contract.js';
import { Id, text, Timestamp } from './scalar.js';

export const PresenceStatus = z.enum(['online', 'away', 'offline']);
export type PresenceStatus = z.infer<typeof PresenceStatus>;

export const Presence = z.strictObject({ user_id: Id, status: PresenceStatus, last_seen: Timestamp });
export type Presence = z.infer<typeof Presence>;

/** A user as the gateway that they are connected to tells the others. */
export const PresenceLease = Presence.extend({
  chat_ids: z.array(Id).max(500).describe('Chats of few members that the user is in: those are told of the user'),
});
export type PresenceLease = z.infer<typeof PresenceLease>;

/**
 * Users of one gateway. With `after` or `up_to` it replaces all that the gateway said of users whose ids are above the
 * one and not above the other, and with `full` alone whatever it said; otherwise only the named users change.
 */
const PresenceSet = z.strictObject({
  full: z.boolean(),
  after: Id.optional(),
  up_to: Id.optional(),
  users: z.array(PresenceLease),
});
export type PresenceSet = z.infer<typeof PresenceSet>;

/** Leases: what one gateway knows of its own connections. Users who are not renewed within 45 s are gone. */
export const presenceEvent = {
  lease: event('presence.lease', PresenceSet.extend({ gateway_id: text(1, 64) })),
  /** A starting gateway asks the others to say their full set. */
  ask: event('presence.ask', z.strictObject({ gateway_id: text(1, 64) })),
  typing: event('chat.{chat_id}.typing', z.strictObject({ chat_id: Id, user_id: Id, typing: z.boolean() })),
} as const;
