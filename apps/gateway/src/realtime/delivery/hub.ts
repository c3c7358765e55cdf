import { Injectable } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { ConnectedUser } from './connected-user.js';
import type { Connection } from '../connection/connection.js';
import { Delivery } from './delivery.js';
import { Feed } from './feed.js';
import { InboxSource, type Inbox } from './inbox-source.js';
import { LogSource } from './log-source.js';
import { showLag } from '../realtime.metrics.js';
import { Room, type RoomHost } from './room.js';
import { WatchedUsers } from '../presence/watched-users.js';

/** Seconds between signs of life. */
export const heartbeatSeconds = 25;

/** Which connection receives which chat: the index from chats and users to connections, kept as memberships change. */
@Injectable()
export class Hub implements RoomHost {
  readonly rooms = new Map<number, Room>();
  readonly users = new Map<number, ConnectedUser>();
  /** The rooms of users whose last connection has gone, until presence has told them so. */
  readonly departed = new Map<number, ReadonlySet<Room>>();
  readonly watched = new WatchedUsers();
  private readonly feeds = new Map<Connection, Feed>();
  private entered: (connection: Connection, chatIds: Iterable<number>) => void = () => undefined;
  private epoch: number | undefined;

  constructor(
    readonly bus: Bus,
    readonly source: LogSource,
    private readonly inboxes: InboxSource,
  ) {
    showLag(this);
  }

  /** Counts the connection from now on; `open` makes it receive. It leaves by itself when it closes. */
  enter(connection: Connection): void {
    const { userId } = connection;
    const user =
      this.users.get(userId) ??
      new ConnectedUser(userId, this.bus, this.inboxes, (inbox, feeds) => this.apply(inbox, feeds));
    this.users.set(userId, user);
    this.departed.delete(userId);
    user.connections.add(connection);
    connection.onClosed(() => this.leave(connection, user));
  }

  /** Calls the one listener with each connection that begins to receive chats, and with these. */
  onEntered(listener: (connection: Connection, chatIds: Iterable<number>) => void): void {
    this.entered = listener;
  }

  /** Says `ready`. What follows waits until `resume` or `settle` says from where on it is sent. */
  async open(connection: Connection): Promise<Feed> {
    const feed = new Feed(connection);
    this.feeds.set(connection, feed);
    let inbox = await this.inboxes.read(connection.userId);
    // Rooms that began to listen only now may have missed what came after this inbox was read.
    if (connection.isOpen && this.listen(feed, inbox).length > 0) inbox = await this.inboxes.read(connection.userId);
    if (!connection.isOpen) return feed;
    const late = this.listen(feed, inbox);
    this.acknowledgeEpoch(inbox.epoch);
    if (!connection.isOpen) return feed;
    connection.say({
      type: 'ready',
      data: {
        connection_id: connection.id,
        user_id: connection.userId,
        epoch: inbox.epoch,
        heartbeat_s: heartbeatSeconds,
        heads: Object.fromEntries([...inbox.chats].map(([id, { lastSeq }]) => [String(id), lastSeq])),
      },
    });
    for (const [id, { lastSeq }] of inbox.chats) this.rooms.get(id)?.reader.startAt(lastSeq);
    for (const room of late) void room.reader.check();
    this.users.get(connection.userId)?.add(feed, inbox);
    this.entered(connection, inbox.chats.keys());
    return feed;
  }

  /** The client has had its time to name positions: chats that it has not named are sent from the heads of `ready` on. */
  settle(feed: Feed): void {
    for (const delivery of feed.deliveries.values()) delivery.start();
  }

  /**
   * Sends each chat on from where the client is. All positions hold at once, before anything is awaited: nothing newer
   * overtakes what is sent again. Done when all are live; answers the chats that are not the user's.
   */
  async resume(feed: Feed, epoch: number, cursors: ReadonlyMap<number, number>): Promise<number[]> {
    const refused: number[] = [];
    const named: Delivery[] = [];
    for (const [chatId, position] of cursors) {
      const delivery = feed.deliveries.get(chatId);
      if (delivery?.isPresent === true) {
        if (epoch === this.epoch) delivery.returnTo(position);
        else delivery.reset();
        named.push(delivery);
      } else refused.push(chatId);
    }
    for (const delivery of named) await delivery.caughtUp();
    return refused;
  }

  /** Whether the user of the connection is a member of the chat, as far as this gateway has heard. */
  isMember(feed: Feed, chatId: number): boolean {
    return feed.deliveries.get(chatId)?.isPresent === true;
  }

  /** The rooms that a user is in with connections of this gateway, or was until a moment ago. */
  roomsOf(userId: number): ReadonlySet<Room> {
    const rooms = new Set<Room>(this.departed.get(userId));
    for (const feed of this.users.get(userId)?.feeds ?? []) for (const room of this.roomsOfFeed(feed)) rooms.add(room);
    return rooms;
  }

  mayRead(connection: Connection, chatId: number): Promise<boolean> {
    return this.inboxes.mayRead(connection, chatId);
  }

  joining(room: Room, userIds: readonly number[], seq: number): void {
    for (const userId of userIds) {
      for (const feed of this.users.get(userId)?.feeds ?? []) {
        const known = feed.deliveries.get(room.chatId);
        // One that is still under way in this room meets the entry by itself, or has met it ahead of the room.
        if (known !== undefined && (room.has(known) || known.hasPassed(seq))) continue;
        const delivery = known ?? new Delivery(feed.connection, room);
        feed.deliveries.set(room.chatId, delivery);
        delivery.joinAt(seq, room);
        room.enter(delivery);
        this.entered(feed.connection, [room.chatId]);
      }
    }
  }

  *watchersIn(room: Room, userId: number): Iterable<Connection> {
    for (const connection of this.watched.watchersOf(userId)) {
      const feed = this.feeds.get(connection);
      if (feed !== undefined && this.isMember(feed, room.chatId)) yield connection;
    }
  }

  emptied(room: Room): void {
    if (this.rooms.get(room.chatId) === room) this.rooms.delete(room.chatId);
    room.close();
  }

  /** Positions of another epoch mean nothing: whoever has such is to connect anew. */
  acknowledgeEpoch(epoch: number): void {
    const isNew = this.epoch !== undefined && this.epoch !== epoch;
    this.epoch = epoch;
    if (isNew) for (const connection of [...this.feeds.keys()]) connection.restart();
  }

  /** Makes a delivery for each chat of the inbox. Answers the rooms that may have missed what came after it was read. */
  private listen(feed: Feed, { chats, isCut, askedAt }: Inbox): Room[] {
    for (const [chatId, delivery] of feed.deliveries) {
      if (chats.has(chatId) || isCut) continue;
      feed.deliveries.delete(chatId);
      this.rooms.get(chatId)?.left(delivery);
    }
    const late: Room[] = [];
    for (const [chatId, { joinedSeq, lastSeq }] of chats) {
      const room = this.roomOf(chatId);
      const delivery = feed.deliveries.get(chatId) ?? new Delivery(feed.connection, room);
      delivery.standAt(joinedSeq, lastSeq);
      feed.deliveries.set(chatId, delivery);
      room.enter(delivery);
      if (room.openedAt >= askedAt) late.push(room);
    }
    return late;
  }

  /** Brings feeds up to an inbox: begins what it has more, and looks after what it has no more. */
  private apply(inbox: Inbox, feeds: Iterable<Feed>): void {
    const { chats, askedAt } = inbox;
    for (const feed of feeds) {
      for (const [chatId, { joinedSeq, lastSeq }] of chats) {
        const known = feed.deliveries.get(chatId);
        if (known?.isPresent === true) {
          known.awaitStay(joinedSeq);
          this.rooms.get(chatId)?.reader.hear(lastSeq, []);
        } else this.begin(feed, chatId, joinedSeq, lastSeq, known);
      }
      for (const [chatId, delivery] of feed.deliveries) {
        const isKnown = chats.has(chatId) || !delivery.isPresent || delivery.knownSince >= askedAt;
        if (!isKnown) void this.shutOut(chatId, delivery, inbox);
      }
    }
  }

  private begin(feed: Feed, chatId: number, joinedSeq: number, lastSeq: number, known: Delivery | undefined): void {
    const room = this.roomOf(chatId);
    const delivery = known ?? new Delivery(feed.connection, room);
    const isUnderWay = room.has(delivery);
    feed.deliveries.set(chatId, delivery);
    room.enter(delivery);
    room.reader.startAt(lastSeq);
    if (known === undefined) {
      delivery.standAt(joinedSeq, joinedSeq - 1);
      delivery.start();
    } else if (!delivery.confirm(joinedSeq, room) && !isUnderWay) room.left(delivery);
    if (delivery.isPresent) this.entered(feed.connection, [chatId]);
  }

  /**
   * The log says in most cases that the user has left. Where it does not yet, nothing more is delivered; an inbox that was
   * cut is no proof, so the message service is asked.
   */
  private async shutOut(chatId: number, delivery: Delivery, { isCut, askedAt }: Inbox): Promise<void> {
    await this.rooms.get(chatId)?.reader.check();
    await delivery.caughtUp();
    const isMissing = () => delivery.isPresent && delivery.knownSince < askedAt;
    if (!isMissing() || (isCut && (await this.mayRead(delivery.connection, chatId)))) return;
    if (isMissing()) delivery.suspend();
  }

  private *roomsOfFeed({ deliveries }: Feed): Iterable<Room> {
    for (const [chatId, { isPresent }] of deliveries) {
      const room = isPresent ? this.rooms.get(chatId) : undefined;
      if (room !== undefined) yield room;
    }
  }

  private roomOf(chatId: number): Room {
    const room = this.rooms.get(chatId) ?? new Room(chatId, this);
    this.rooms.set(chatId, room);
    return room;
  }

  private leave(connection: Connection, user: ConnectedUser): void {
    const feed = this.feeds.get(connection);
    this.feeds.delete(connection);
    user.connections.delete(connection);
    if (feed !== undefined) {
      user.feeds.delete(feed);
      if (user.connections.size === 0) this.departed.set(user.id, new Set(this.roomsOfFeed(feed)));
      for (const [chatId, delivery] of feed.deliveries) this.rooms.get(chatId)?.left(delivery);
    }
    if (user.connections.size > 0) return;
    user.close();
    this.users.delete(user.id);
  }
}
