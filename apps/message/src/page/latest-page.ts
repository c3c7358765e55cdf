import type { Encoded } from '#bus/encoded.js';
import { maxPageBytes } from '#bus/page-size.js';
import type { LogEntry } from '#contracts/log.contract.js';
import type { Message } from '#contracts/message.contract.js';
import { encodeMessage, encodePage, leading, type EncodedMessage } from './encoded-page.js';
import { listOfChat } from './page-cursor.js';

/** How many messages a page keeps; longer lists are read from PostgreSQL. */
export const mostLatest = 100;

/** Of an answer beside its messages, at most. */
const tailBytes = 256;
/** Of what there is beside texts and answers, for a page and for each of its messages. */
const pageBytes = 1024;
const messageBytes = 128;

/** The newest messages of a chat as JSON, and the answers made of them. Its log extends it entry by entry. */
export class LatestPage {
  /** Newest first. */
  private messages: EncodedMessage[];
  private bytes: number;
  private seq: number;
  /** What was the case before is not told right: since then a message has changed that was there already. */
  private changedAt: number;
  /** Answers as of `seq`, by limit, oldest first: whoever asks for many limits is not given room for all of them. */
  private readonly answers = new Map<number, Encoded>();
  private answered = 0;

  /** `messages` newest first, from one snapshot of the chat at `asOfSeq`. */
  constructor(
    private readonly chatId: number,
    messages: readonly Message[],
    asOfSeq: number,
    private hasOlder: boolean,
  ) {
    this.messages = messages.map(encodeMessage);
    this.bytes = this.messages.reduce((sum, { bytes }) => sum + bytes, 0);
    this.seq = asOfSeq;
    this.changedAt = asOfSeq;
  }

  /** Where the chat's log ends as far as this page knows. */
  get lastSeq(): number {
    return this.seq;
  }

  /** Bytes that this page may come to keep: its messages, and the answers of the limits in use. */
  get size(): number {
    return this.messages.reduce(
      (sum, message) => sum + messageBytes + memoryOf(message),
      pageBytes + this.mostAnswered,
    );
  }

  /** Room for the answers of two limits, or of more that are small. One always fits. */
  private get mostAnswered(): number {
    return 2 * (this.bytes + tailBytes);
  }

  /** Takes the entry that comes next; one that it has is left out. False when the page cannot be kept right by it. */
  apply(entry: LogEntry): boolean {
    if (entry.seq <= this.seq) return true;
    if (entry.seq > this.seq + 1) return false;
    const isRight = 'message' in entry.data ? this.take(entry.type, entry.data.message) : !this.isReaction(entry);
    if (!isRight) return false;
    this.seq = entry.seq;
    this.answers.clear();
    this.answered = 0;
    return true;
  }

  /** The answer with at most `limit` messages as the chat was at `asOfSeq`; undefined where this page cannot tell. */
  answer(limit: number, asOfSeq: number): Encoded | undefined {
    if (asOfSeq > this.seq || asOfSeq < this.changedAt) return undefined;
    if (asOfSeq < this.seq) return this.compose(limit, asOfSeq);
    const known = this.answers.get(limit);
    if (known !== undefined) return known;
    const answer = this.compose(limit, asOfSeq);
    if (answer !== undefined) this.keep(limit, answer);
    return answer;
  }

  private keep(limit: number, answer: Encoded): void {
    this.answers.set(limit, answer);
    this.answered += answer.bytes.length;
    for (const [oldest, { bytes }] of this.answers) {
      if (this.answered <= this.mostAnswered) break;
      this.answers.delete(oldest);
      this.answered -= bytes.length;
    }
  }

  /** To one of the messages here: who reacts to it is counted where it is read. */
  private isReaction({ type, data }: LogEntry): boolean {
    if (type !== 'reaction.added' && type !== 'reaction.removed') return false;
    return this.messages.some(({ id }) => id === data.message_id);
  }

  private take(type: LogEntry['type'], message: Message): boolean {
    // A reply, and its deletion, change the message that it answers.
    if (message.parent_id !== null && this.messages.some(({ id }) => id === message.parent_id)) return false;
    if (message.version > message.seq) this.changedAt = Math.max(this.changedAt, message.version);
    if (type === 'message.created') this.add(encodeMessage(message));
    else this.replace(encodeMessage(message));
    return true;
  }

  private add(message: EncodedMessage): void {
    this.messages.unshift(message);
    this.bytes += message.bytes;
    // One message more than fits stays, so that it is known where an answer ends.
    for (let oldest = this.messages.at(-1); oldest !== undefined; oldest = this.messages.at(-1)) {
      if (this.messages.length <= mostLatest && this.bytes - oldest.bytes <= maxPageBytes) break;
      this.messages.pop();
      this.bytes -= oldest.bytes;
      this.hasOlder = true;
    }
  }

  private replace(message: EncodedMessage): void {
    const index = this.messages.findIndex(({ seq }) => seq === message.seq);
    const before = this.messages[index];
    if (before === undefined) return;
    this.messages[index] = message;
    this.bytes += message.bytes - before.bytes;
  }

  private compose(limit: number, asOfSeq: number): Encoded | undefined {
    const there = asOfSeq === this.seq ? this.messages : this.messages.filter(({ seq }) => seq <= asOfSeq);
    const shown = leading(there, limit);
    const isShort = shown.length === there.length && shown.length < limit;
    if (isShort && this.hasOlder) return undefined;
    const hasMore = this.hasOlder || shown.length < there.length;
    return encodePage(listOfChat(this.chatId), shown, { forward: false, hasMore, asOfSeq });
  }
}

/** A character beyond Latin-1 makes each of the text take two bytes. */
function memoryOf({ json, bytes }: EncodedMessage): number {
  return bytes > json.length + 1 ? 2 * json.length : json.length;
}
