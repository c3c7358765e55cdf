import type { ServerFrame } from '#contracts/frame.js';
import type { LogEntry } from '#contracts/log.contract.js';

/** What may be dropped for a slow client without harm: it is soon said again, or soon untrue. */
const ephemeral: ReadonlySet<string> = new Set(['typing.start', 'typing.stop', 'presence.update']);

/** Something to send. Encoded and framed once, for however many receive it. */
export class Frame {
  readonly type: (ServerFrame | LogEntry)['type'];
  readonly isEphemeral: boolean;
  /** Of what it is the newest word: an older frame of the same topic that still waits need not be sent. */
  readonly topic: string | undefined;
  private readonly payload: Buffer;
  private framed: Buffer | undefined;
  private event: { readonly id: string | undefined; readonly bytes: Buffer } | undefined;

  constructor(body: ServerFrame | LogEntry) {
    this.type = body.type;
    this.isEphemeral = ephemeral.has(body.type);
    this.topic = topicOf(body);
    this.payload = Buffer.from(JSON.stringify(body));
  }

  /** Bytes of JSON. */
  get size(): number {
    return this.payload.length;
  }

  /** What is sent in its stead to a client that is slow. */
  get short(): Frame {
    return this;
  }

  /** A whole WebSocket frame. */
  get webSocket(): Buffer {
    this.framed ??= textFrame(this.payload);
    return this.framed;
  }

  /** An event of `text/event-stream`; without an id the client keeps the one that it had. */
  eventStream(id: string | undefined): Buffer {
    if (this.event?.id !== id || this.event === undefined) {
      const head = `${id === undefined ? '' : `id: ${id}\n`}event: ${this.type}\ndata: `;
      this.event = { id, bytes: Buffer.concat([Buffer.from(head), this.payload, Buffer.from('\n\n')]) };
    }
    return this.event.bytes;
  }
}

function topicOf(body: ServerFrame | LogEntry): string | undefined {
  return body.type === 'head' || body.type === 'receipt.updated' ? `${body.type} ${body.data.chat_id}` : undefined;
}

/** What begins or ends stays in a chat. A deleted chat has no members. */
const membership: ReadonlySet<string> = new Set(['chat.created', 'chat.deleted', 'member.added', 'member.removed']);

/** An entry of a chat's log on its way to the members. */
export class EntryFrame extends Frame {
  private static readonly known = new WeakMap<LogEntry, EntryFrame>();

  /** The frame of an entry that several connections are sent out of one page of the log. */
  static of(entry: LogEntry): EntryFrame {
    const frame = EntryFrame.known.get(entry) ?? new EntryFrame(entry);
    EntryFrame.known.set(entry, frame);
    return frame;
  }

  /** Whether stays begin or end with it. */
  readonly changesMembers: boolean;
  private head: Frame | undefined;

  constructor(readonly entry: LogEntry) {
    super(entry);
    this.changesMembers = membership.has(entry.type);
  }

  get seq(): number {
    return this.entry.seq;
  }

  /** That the log reaches so far: the client reads it where it has time to. */
  override get short(): Frame {
    const { chat_id, seq } = this.entry;
    this.head ??= new Frame({ type: 'head', data: { chat_id, seq } });
    return this.head;
  }

  /** Who has sent the message that it is about; undefined where it is about something else. */
  get authorId(): number | undefined {
    const { type, data } = this.entry;
    return type === 'message.created' ? data.message.sender_id : undefined;
  }

  /** Users whose stay in the chat begins with this entry. */
  get joining(): readonly number[] {
    const { type, data } = this.entry;
    if (type === 'member.added') return [data.member.user_id];
    return type === 'chat.created' ? data.members.map(({ user_id }) => user_id) : [];
  }

  /** What the entry does to a user's stay. */
  effectOn(userId: number): 'joins' | 'leaves' | 'nothing' {
    if (!this.changesMembers) return 'nothing';
    const { type, data } = this.entry;
    if (type === 'chat.deleted') return 'leaves';
    if (type === 'member.removed') return data.user_id === userId ? 'leaves' : 'nothing';
    return this.joining.includes(userId) ? 'joins' : 'nothing';
  }
}

/** RFC 6455, section 5.2: one final text frame, unmasked as servers send it. */
function textFrame(payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([0x81, length]), payload]);
  const head = Buffer.alloc(length < 65_536 ? 4 : 10);
  head[0] = 0x81;
  head[1] = length < 65_536 ? 126 : 127;
  if (length < 65_536) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}
