import type { LogEntry } from '#contracts/log.contract.js';
import type { Message, Reaction } from '#contracts/message.contract.js';
import { mostNamed } from '#contracts/reaction.contract.js';

/** A pinned message, by whom and when. */
interface PinnedMessage {
  readonly message_id: number;
  readonly pinned_by: number;
  readonly pinned_at: string;
}

/** What a client has of a chat: the messages that it has read and all pins, as they were at entry `seq` of the log. */
export interface ChatState {
  readonly seq: number;
  readonly messages: ReadonlyMap<number, Message>;
  /** The last pinned first. */
  readonly pins: readonly PinnedMessage[];
}

/**
 * The state after the next entry of the log; for any other entry the state as it is. Messages may have been read later
 * than `seq`: what their version covers already is not applied again.
 */
export function applyEntry(state: ChatState, entry: LogEntry): ChatState {
  const { seq, type, data } = entry;
  if (seq !== state.seq + 1) return state;
  const change = new Change(state.messages);
  let { pins } = state;
  switch (type) {
    case 'message.created':
      change.put(data.message);
      change.count(data.message.parent_id, seq, 1);
      break;
    case 'message.updated':
      change.put(data.message);
      break;
    case 'message.deleted':
      change.put(data.message);
      change.count(data.message.parent_id, seq, -1);
      pins = without(pins, data.message.id);
      break;
    case 'reaction.added':
      change.alter(data.message_id, seq, (message) => ({ reactions: withReaction(message.reactions, data) }));
      break;
    case 'reaction.removed':
      change.alter(data.message_id, seq, (message) => ({ reactions: withoutReaction(message.reactions, data) }));
      break;
    case 'message.pinned': {
      const { message_id, user_id: pinned_by, created_at: pinned_at } = data;
      pins = [{ message_id, pinned_by, pinned_at }, ...pins];
      break;
    }
    case 'message.unpinned':
      pins = without(pins, data.message_id);
      break;
    default:
      break;
  }
  return { seq, messages: change.messages, pins };
}

/** Messages while an entry is applied to them. */
class Change {
  constructor(public messages: ReadonlyMap<number, Message>) {}

  /** The message as the log has it, unless a later version is here. */
  put(message: Message): void {
    const known = this.messages.get(message.id);
    if (known === undefined || known.version <= message.version) this.set(message);
  }

  /** What entry `seq` does to a message that is here and does not have it yet. */
  alter(messageId: number, seq: number, change: (message: Message) => Partial<Message>): void {
    const known = this.messages.get(messageId);
    if (known !== undefined && known.version < seq) this.set({ ...known, ...change(known), version: seq });
  }

  /** A reply to the message came or went. */
  count(parentId: number | null, seq: number, by: 1 | -1): void {
    if (parentId === null) return;
    this.alter(parentId, seq, ({ reply_count }) => ({ reply_count: reply_count + by }));
  }

  private set(message: Message): void {
    this.messages = new Map(this.messages).set(message.id, message);
  }
}

function without(pins: readonly PinnedMessage[], messageId: number): readonly PinnedMessage[] {
  return pins.filter(({ message_id }) => message_id !== messageId);
}

interface Reacted {
  readonly emoji: string;
  readonly user_id: number;
}

function withReaction(reactions: readonly Reaction[], { emoji, user_id }: Reacted): Reaction[] {
  if (!reactions.some((reaction) => reaction.emoji === emoji)) {
    return [...reactions, { emoji, count: 1, user_ids: [user_id] }];
  }
  return reactions.map((reaction) => {
    if (reaction.emoji !== emoji) return reaction;
    const { count, user_ids } = reaction;
    // Once somebody is not named, who would come next is not known either.
    const isNamed = user_ids.length === count && count < mostNamed;
    return { emoji, count: count + 1, user_ids: isNamed ? [...user_ids, user_id] : user_ids };
  });
}

function withoutReaction(reactions: readonly Reaction[], { emoji, user_id }: Reacted): Reaction[] {
  return reactions.flatMap((reaction) => {
    if (reaction.emoji !== emoji) return reaction;
    const { count, user_ids } = reaction;
    return count === 1 ? [] : { emoji, count: count - 1, user_ids: user_ids.filter((id) => id !== user_id) };
  });
}
