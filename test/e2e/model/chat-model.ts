import type { Message, Reaction } from '#contracts/message.contract.js';

/** What somebody writes: the text and, known without reading it, whom it names. */
export interface Text {
  readonly content: string;
  readonly userIds: readonly number[];
  readonly everyone: boolean;
}

/** What the API shows of a message, without times and names. */
export type Shown = Omit<Message, 'sender' | 'edited_at' | 'deleted_at' | 'created_at' | 'updated_at'> & {
  is_edited: boolean;
  is_deleted: boolean;
};

/** A message of the model; its id is 0 until the server has given one. */
export interface ModelMessage extends Shown {
  everyone: boolean;
  /** Under the idempotency key. */
  readonly sent: string;
}

/** What the server has to answer. */
export interface Outcome {
  readonly status: number;
  readonly message?: ModelMessage;
}

const missing: Outcome = { status: 404 };
const forbidden: Outcome = { status: 403 };
const conflict: Outcome = { status: 409 };
const done: Outcome = { status: 200 };

/**
 * A chat as the rules have it, counted anew every time: every message, who is present, and how far each has read. It
 * shares no code with the server.
 */
export class ChatModel {
  seq = 1;
  readonly messages: ModelMessage[] = [];
  readonly members = new Set<number>();
  readonly formerMembers = new Set<number>();
  readonly readSeqs = new Map<number, number>();
  /** The last pinned first. */
  pins: { message: ModelMessage; userId: number }[] = [];

  constructor(
    readonly id: number,
    readonly isPrivate: boolean,
    readonly ownerId: number,
    memberIds: readonly number[],
  ) {
    for (const userId of [ownerId, ...memberIds]) this.enter(userId);
  }

  /** Joining starts with everything read. */
  private enter(userId: number): void {
    this.members.add(userId);
    this.readSeqs.set(userId, this.seq);
  }

  /** Messages after the read position that are not deleted. */
  unread(userId: number): ModelMessage[] {
    const readSeq = this.readSeqs.get(userId) ?? 0;
    return this.messages.filter((message) => message.seq > readSeq && !message.is_deleted);
  }

  /** Those of them that name the user, or everybody. */
  mentions(userId: number): ModelMessage[] {
    return this.unread(userId).filter(({ everyone, mentions }) => everyone || mentions.includes(userId));
  }

  /** A reply to a message that is one itself is refused; who cannot see the parent cannot see the chat either. */
  send(userId: number, text: Text, key: string, parent?: ModelMessage): Outcome {
    if (!this.members.has(userId)) return missing;
    if (parent !== undefined && parent.parent_id !== null) return { status: 422 };
    if (parent?.is_deleted === true) return conflict;
    this.seq += 1;
    const message: ModelMessage = {
      ...{ id: 0, chat_id: this.id, seq: this.seq, ordinal: this.messages.length + 1, version: this.seq },
      ...{ sender_id: userId, content: text.content, parent_id: parent?.id ?? null },
      ...{ mentions: this.named(text), everyone: text.everyone, reactions: [], idempotency_key: key, reply_count: 0 },
      ...{ is_edited: false, is_deleted: false, sent: text.content },
    };
    this.messages.push(message);
    this.recount(message.parent_id);
    this.readSeqs.set(userId, this.seq);
    return { status: 201, message };
  }

  /** Under a key that the sender has used: the same text is answered as it is now, whoever is a member meanwhile. */
  sendAgain(message: ModelMessage, text: Text): Outcome {
    return text.content === message.sent ? { status: 201, message } : conflict;
  }

  edit(userId: number, message: ModelMessage, text: Text): Outcome {
    if (!this.members.has(userId)) return missing;
    if (message.sender_id !== userId) return forbidden;
    if (message.is_deleted) return conflict;
    if (message.content !== text.content) {
      const { content, everyone } = text;
      Object.assign(message, { content, everyone, mentions: this.named(text), is_edited: true, version: ++this.seq });
    }
    return { status: 200, message };
  }

  delete(userId: number, message: ModelMessage): Outcome {
    if (!this.members.has(userId)) return missing;
    if (message.sender_id !== userId && this.ownerId !== userId) return forbidden;
    if (message.is_deleted) return done;
    Object.assign(message, { content: '', everyone: false, mentions: [], reactions: [], is_deleted: true });
    message.version = ++this.seq;
    this.recount(message.parent_id);
    this.pins = this.pins.filter((pin) => pin.message !== message);
    return done;
  }

  react(userId: number, message: ModelMessage, emoji: string): Outcome {
    return this.change(userId, message, () => {
      const known = message.reactions.find((reaction) => reaction.emoji === emoji);
      if (known?.user_ids.includes(userId) === true) return;
      const added: Reaction = { emoji, count: (known?.count ?? 0) + 1, user_ids: [...(known?.user_ids ?? []), userId] };
      message.reactions =
        known === undefined
          ? [...message.reactions, added]
          : message.reactions.map((reaction) => (reaction === known ? added : reaction));
      message.version = ++this.seq;
    });
  }

  takeBack(userId: number, message: ModelMessage, emoji: string): Outcome {
    return this.change(userId, message, () => {
      const known = message.reactions.find((reaction) => reaction.emoji === emoji);
      if (known?.user_ids.includes(userId) !== true) return;
      const user_ids = known.user_ids.filter((id) => id !== userId);
      const left: Reaction = { emoji, count: user_ids.length, user_ids };
      message.reactions = message.reactions
        .map((reaction) => (reaction === known ? left : reaction))
        .filter(({ count }) => count > 0);
      message.version = ++this.seq;
    });
  }

  pin(userId: number, message: ModelMessage): Outcome {
    const { status } = this.change(userId, message, () => {
      if (this.pins.some((pin) => pin.message === message)) return;
      this.pins = [{ message, userId }, ...this.pins];
      this.seq += 1;
    });
    return { status };
  }

  unpin(userId: number, message: ModelMessage): Outcome {
    const { status } = this.change(userId, message, () => {
      const left = this.pins.filter((pin) => pin.message !== message);
      if (left.length < this.pins.length) this.seq += 1;
      this.pins = left;
    });
    return { status };
  }

  read(userId: number, seq: number): Outcome {
    if (!this.members.has(userId)) return missing;
    const readSeq = this.readSeqs.get(userId) ?? 0;
    this.readSeqs.set(userId, Math.max(readSeq, Math.min(seq, this.seq)));
    return done;
  }

  join(userId: number): Outcome {
    if (this.members.has(userId)) return done;
    return this.isPrivate ? missing : this.add(userId, 200);
  }

  /** By the owner. */
  add(userId: number, status = 201): Outcome {
    if (!this.members.has(userId)) {
      this.seq += 1;
      this.enter(userId);
    }
    return { status };
  }

  /** The only owner stays. */
  leave(userId: number): Outcome {
    if (userId === this.ownerId) return conflict;
    if (!this.members.has(userId)) return this.isPrivate && !this.formerMembers.has(userId) ? missing : done;
    return this.remove(userId);
  }

  /** By the owner. */
  remove(userId: number): Outcome {
    if (!this.members.has(userId)) return this.formerMembers.has(userId) ? done : missing;
    this.seq += 1;
    this.members.delete(userId);
    this.formerMembers.add(userId);
    return done;
  }

  /** A reply that comes or goes is a change of its parent. */
  private recount(parentId: number | null): void {
    const parent = this.messages.find(({ id }) => id === parentId);
    if (parent === undefined) return;
    parent.reply_count = this.messages.filter(
      ({ parent_id, is_deleted }) => parent_id === parentId && !is_deleted,
    ).length;
    parent.version = this.seq;
  }

  /** What every member may do to messages that are there. */
  private change(userId: number, message: ModelMessage, work: () => void): Outcome {
    if (!this.members.has(userId)) return missing;
    if (message.is_deleted) return conflict;
    work();
    return { status: 200, message };
  }

  /** Only members are named. */
  private named({ userIds }: Text): number[] {
    return [...new Set(userIds)].filter((userId) => this.members.has(userId));
  }
}
