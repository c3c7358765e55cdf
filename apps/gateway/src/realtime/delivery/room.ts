import type { Bus, Subscription } from '#bus/bus.js';
import type { LogEntry } from '#contracts/log.contract.js';
import { presenceEvent } from '#contracts/presence.contract.js';
import { ChatReader } from './chat-reader.js';
import type { Connection } from '../connection/connection.js';
import type { Delivery, DeliveryRoom } from './delivery.js';
import { EntryFrame, Frame } from '../connection/frame.js';
import type { LogSource } from './log-source.js';
import { Typists } from '../presence/typists.js';

/** What a room asks of the hub. */
export interface RoomHost {
  readonly bus: Bus;
  readonly source: LogSource;
  mayRead(connection: Connection, chatId: number): Promise<boolean>;
  /** These users join with entry `seq`, which is about to be delivered. */
  joining(room: Room, userIds: readonly number[], seq: number): void;
  /** The connections of members that wish to be told of the user. */
  watchersIn(room: Room, userId: number): Iterable<Connection>;
  /** Nobody here needs the room any more. */
  emptied(room: Room): void;
}

/** A chat as long as connections of this gateway need it: its log, who is typing, and whom both are delivered to. */
export class Room implements DeliveryRoom {
  readonly reader: ChatReader;
  readonly source: LogSource;
  /** When it began to listen, by `performance.now()`. */
  readonly openedAt = performance.now();
  /** How often its members have changed: what was asked for before the last time says nothing of now. */
  memberChanges = 0;
  private readonly deliveries = new Set<Delivery>();
  private small: boolean | undefined;
  private readonly typists: Typists;
  /** The typists of whom all members here have been told, and are to be told that they have stopped. */
  private readonly shown = new Set<number>();
  private readonly typing: Subscription;
  private closed = false;

  constructor(
    readonly chatId: number,
    private readonly host: RoomHost,
  ) {
    this.source = host.source;
    this.reader = new ChatReader(chatId, host.bus, host.source, (entries) => this.forward(entries));
    this.typists = new Typists((userId, type) => this.tell(userId, type));
    this.typing = host.bus.subscribe(presenceEvent.typing, { chat_id: chatId }, ({ user_id, typing }) =>
      typing ? this.typists.renew(user_id) : this.typists.end(user_id),
    );
  }

  /** Whether it has few members, so that they are told of each other; undefined until it is asked for. */
  get isSmall(): boolean | undefined {
    return this.small;
  }

  /** The room's size is known now. */
  sized(isSmall: boolean): void {
    this.small = isSmall;
    if (!isSmall) return;
    for (const userId of this.typists.all) if (!this.shown.has(userId)) this.tell(userId, 'typing.start');
  }

  has(delivery: Delivery): boolean {
    return this.deliveries.has(delivery);
  }

  enter(delivery: Delivery): void {
    this.deliveries.add(delivery);
  }

  left(delivery: Delivery): void {
    if (this.deliveries.delete(delivery) && this.deliveries.size === 0) this.host.emptied(this);
  }

  mayRead(connection: Connection): Promise<boolean> {
    return this.host.mayRead(connection, this.chatId);
  }

  /** The connections whose users are members. */
  *present(): Iterable<Connection> {
    for (const delivery of this.deliveries) if (delivery.isPresent) yield delivery.connection;
  }

  close(): void {
    this.closed = true;
    this.reader.close();
    this.typing.unsubscribe();
    this.typists.close();
  }

  private forward(entries: readonly LogEntry[]): void {
    const frames = entries.map((entry) => new EntryFrame(entry));
    // In one go, unless it changes on the way who is there.
    if (frames.some(({ changesMembers }) => changesMembers)) for (const frame of frames) this.deliver([frame]);
    else this.deliver(frames);
    for (const entry of entries) {
      if (entry.type === 'message.created') this.typists.end(entry.data.message.sender_id);
    }
  }

  private deliver(frames: readonly EntryFrame[]): void {
    // Whoever comes after the last one has left finds another room.
    if (this.closed) return;
    if (frames[0]?.changesMembers === true) {
      this.small = undefined;
      this.memberChanges += 1;
    }
    for (const { joining, seq } of frames) if (joining.length > 0) this.host.joining(this, joining, seq);
    const authorId = frames[0]?.authorId;
    // Whoever has sent it has an answer anyway; a write to a socket costs the others some 50 µs.
    for (const delivery of this.deliveries) if (delivery.connection.userId !== authorId) delivery.receive(frames);
    for (const delivery of this.deliveries) if (delivery.connection.userId === authorId) delivery.receive(frames);
  }

  /** Where there are many members only those hear of it who watch the user. */
  private tell(userId: number, type: 'typing.start' | 'typing.stop'): void {
    if (type === 'typing.start' && this.small === true) this.shown.add(userId);
    const isShown = this.shown.has(userId);
    if (type === 'typing.stop') this.shown.delete(userId);
    const frame = new Frame({ type, data: { chat_id: this.chatId, user_id: userId } });
    for (const connection of isShown ? this.present() : this.host.watchersIn(this, userId)) {
      if (connection.userId !== userId) connection.send(frame);
    }
  }
}
