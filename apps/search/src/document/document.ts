import type { LogEntry } from '#contracts/log.contract.js';
import type { Message } from '#contracts/message.contract.js';

/** What a stretch of a chat's log leaves to be stored and to be removed. */
export interface Effects {
  readonly stored: readonly Message[];
  readonly removedIds: readonly number[];
}

/** The last word of the entries on each message. Order does not matter: the highest version wins. */
export function effectsOf(entries: readonly LogEntry[]): Effects {
  const latest = new Map<number, Message>();
  for (const { data } of entries) {
    if (!('message' in data)) continue;
    const known = latest.get(data.message.id);
    if (known === undefined || known.version <= data.message.version) latest.set(data.message.id, data.message);
  }
  const messages = [...latest.values()];
  return {
    stored: messages.filter((message) => message.deleted_at === null),
    removedIds: messages.flatMap((message) => (message.deleted_at === null ? [] : message.id)),
  };
}
