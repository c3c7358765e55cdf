import type { FechatterError } from '#contracts/error.js';
import type { ServerFrame } from '#contracts/frame.js';
import type { LogEntry } from '#contracts/log.contract.js';
import type { Message } from '#contracts/message.contract.js';

type DataOf<Type extends ServerFrame['type']> = Extract<ServerFrame, { type: Type }>['data'];

/** How the realtime connection is. `waiting` lasts `ms` unless it is woken; `code` is that of the close, where one came. */
type Status =
  | { readonly state: 'connecting' | 'live'; readonly gateway: string }
  | { readonly state: 'waiting'; readonly ms: number; readonly code: number | undefined }
  | { readonly state: 'stopped' };

/** What a client tells. */
export interface ClientEvents {
  /** The next change of a chat: within a chat without holes and never twice, from where the user joined to where they left. */
  entry: LogEntry;
  /** Changes after `from` up to `to` are not told: whoever shows the chat reads its pages anew. */
  skipped: { readonly chat_id: number; readonly from: number; readonly to: number };
  /** The user is no member of the chat any more, or the chat is no more. */
  left: { readonly chat_id: number };
  /** A queued message is stored, be it now or by a client before this one. */
  sent: Message;
  /** A queued message was refused for good. */
  refused: { readonly idempotency_key: string; readonly chat_id: number; readonly error: FechatterError };
  status: Status;
  /** The session is over: signed out here or elsewhere, or expired. */
  signedOut: FechatterError;
  'receipt.updated': DataOf<'receipt.updated'>;
  'typing.start': DataOf<'typing.start'>;
  'typing.stop': DataOf<'typing.stop'>;
  'presence.update': DataOf<'presence.update'>;
}

/** What went over the wire and what became of it, since the client was made. */
export interface Counters {
  /** Entries that came over realtime connections. */
  received: number;
  /** Of these, dropped because they were applied already. */
  duplicates: number;
  /** Entries that came while an earlier one was missing. */
  holes: number;
  /** Entries that were fetched because they had not come. */
  fetched: number;
  /** Entries that were applied, each one once. */
  applied: number;
  /** `gap` frames. */
  gaps: number;
  /** Connections that got as far as `ready`. */
  connections: number;
}

export function newCounters(): Counters {
  return { received: 0, duplicates: 0, holes: 0, fetched: 0, applied: 0, gaps: 0, connections: 0 };
}
