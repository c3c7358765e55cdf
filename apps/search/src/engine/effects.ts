import type { LogEntry } from '#contracts/log.contract.js';
import type { Message } from '#contracts/message.contract.js';

/** A message as it is to be stored; `isPinned` where this stretch of the log says so. */
interface StoredMessage {
  readonly message: Message;
  readonly version: number;
  readonly reactions: number;
  readonly replies: number;
  readonly isPinned: boolean | undefined;
}

/** A change of a message that is stored already; one that is older than the message counts nothing. */
export interface Change {
  readonly messageId: number;
  readonly seq: number;
  readonly reactions: number;
  readonly replies: number;
  readonly isPinned: boolean | undefined;
}

/** What a stretch of a chat's log leaves to be done. */
export interface Effects {
  /** Where the stretch tells it. */
  readonly workspaceId: number | undefined;
  readonly stored: readonly StoredMessage[];
  readonly removedIds: readonly number[];
  readonly changes: readonly Change[];
}

export const noEffects: Effects = { workspaceId: undefined, stored: [], removedIds: [], changes: [] };

/** The last word of the entries on each message. Of snapshots the highest version wins, and what came later is added. */
export function effectsOf(entries: readonly LogEntry[]): Effects {
  const latest = new Map<number, Message>();
  const changes = new Map<number, Change[]>();
  let workspaceId: number | undefined;
  for (const entry of entries) {
    const { data } = entry;
    if ('chat' in data) workspaceId = data.chat.workspace_id;
    if ('message' in data) {
      const known = latest.get(data.message.id);
      if (known === undefined || known.version <= data.message.version) latest.set(data.message.id, data.message);
    }
    for (const change of changesOf(entry))
      changes.set(change.messageId, [...(changes.get(change.messageId) ?? []), change]);
  }
  const messages = [...latest.values()];
  return {
    workspaceId,
    stored: messages.filter(isThere).map((message) => withChanges(message, changes.get(message.id) ?? [])),
    removedIds: messages.flatMap((message) => (isThere(message) ? [] : message.id)),
    changes: [...changes.values()].flat().filter(({ messageId }) => !latest.has(messageId)),
  };
}

function isThere(message: Message): boolean {
  return message.deleted_at === null;
}

function changesOf(entry: LogEntry): Change[] {
  const none = { seq: entry.seq, reactions: 0, replies: 0, isPinned: undefined };
  switch (entry.type) {
    case 'reaction.added':
    case 'reaction.removed':
      return [{ ...none, messageId: entry.data.message_id, reactions: entry.type === 'reaction.added' ? 1 : -1 }];
    case 'message.pinned':
    case 'message.unpinned':
      return [{ ...none, messageId: entry.data.message_id, isPinned: entry.type === 'message.pinned' }];
    case 'message.created':
    case 'message.deleted': {
      const { parent_id } = entry.data.message;
      return parent_id === null
        ? []
        : [{ ...none, messageId: parent_id, replies: entry.type === 'message.created' ? 1 : -1 }];
    }
    default:
      return [];
  }
}

function withChanges(message: Message, changes: readonly Change[]): StoredMessage {
  const reactions = message.reactions.reduce((sum, { count }) => sum + count, 0);
  let stored = { message, version: message.version, reactions, replies: message.reply_count };
  let isPinned: boolean | undefined;
  for (const change of changes) {
    isPinned = change.isPinned ?? isPinned;
    if (change.seq <= stored.version || change.isPinned !== undefined) continue;
    stored = {
      message,
      version: change.seq,
      reactions: stored.reactions + change.reactions,
      replies: stored.replies + change.replies,
    };
  }
  return { ...stored, isPinned };
}
