import { randomUUID } from 'node:crypto';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus, type Subscription } from '#bus/bus.js';
import {
  presenceEvent,
  type Presence,
  type PresenceLease,
  type PresenceSet,
  type PresenceStatus,
} from '#contracts/presence.contract.js';
import { Loop } from '#service/loop.js';
import type { Connection } from '../connection/connection.js';
import { Frame } from '../connection/frame.js';
import { Hub } from '../delivery/hub.js';
import { PresenceGreetings } from './presence-greetings.js';
import { PresenceLeases, renewalMs, type Touched } from './presence-leases.js';
import { changes, everybody } from './presence-parts.js';
import { PresenceReader } from './presence-reader.js';
import { PresenceWatchers } from './presence-watchers.js';
import { RoomSizes } from './room-sizes.js';

/** A loop spreads its pauses by a tenth: still within a second. */
const differenceMs = 800;
/** Small chats of one user whose members are told of the user. */
const mostChats = 500;

/** Says which users are connected here, hears it from the other gateways, and tells the clients whom it concerns. */
@Injectable()
export class PresenceService extends PresenceReader implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly gatewayId = randomUUID();
  private readonly leases = new PresenceLeases();
  private readonly greetings = new PresenceGreetings(this.leases);
  private readonly loop = new Loop('gateway.presence', differenceMs, () => this.compare());
  private readonly sizes: RoomSizes;
  private readonly watchers: PresenceWatchers;
  private readonly review = new Loop('gateway.watchers', differenceMs, () =>
    this.watchers.review((connection, userIds) => void this.greetings.tell(connection, userIds)),
  );
  /** What the clients were told; users who are not in it are offline. */
  private readonly told = new Map<number, PresenceStatus>();
  private said = new Map<number, PresenceStatus>();
  private saidAllAt = 0;
  private subscriptions: Subscription[] = [];

  constructor(
    private readonly bus: Bus,
    private readonly hub: Hub,
  ) {
    super();
    this.sizes = new RoomSizes(bus, hub.rooms);
    this.watchers = new PresenceWatchers(bus, hub);
  }

  onApplicationBootstrap(): void {
    this.hub.onEntered((connection, chatIds) => void this.greetings.enter(connection, chatIds));
    this.subscriptions = [
      this.bus.subscribe(presenceEvent.lease, {}, (set) => {
        if (set.gateway_id !== this.gatewayId) this.tell(this.leases.renew(set.gateway_id, set, Date.now()));
      }),
      this.bus.subscribe(presenceEvent.ask, {}, ({ gateway_id }) => {
        if (gateway_id !== this.gatewayId) this.sayAll();
      }),
    ];
    this.bus.publish(presenceEvent.ask, {}, { gateway_id: this.gatewayId });
    this.loop.start();
    this.review.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    await Promise.all([this.loop.stop(), this.review.stop()]);
    this.publish(everybody([]));
  }

  statusOf(userIds: number[]): Map<number, PresenceStatus> {
    return new Map(userIds.map((id) => [id, this.leases.statusOf(id)]));
  }

  /**
   * Tells the connection how these users are, as far as its user may see them, and from now on of every change; an
   * earlier choice ends.
   */
  async watch(connection: Connection, userIds: readonly number[]): Promise<void> {
    await this.greetings.tell(connection, await this.watchers.watch(connection, userIds));
  }

  /** Says what has changed here, and from time to time everything. */
  private async compare(): Promise<void> {
    // Before anything is awaited: whoever comes meanwhile is in rooms of which it is not known yet whether they are small.
    const now = this.here();
    const found = await this.sizes.find();
    const changed: PresenceLease[] = [];
    for (const [id, status] of now) {
      const isNew = this.said.get(id) !== status;
      if (!isNew && !found.has(id)) continue;
      const lease = this.lease(id, status);
      if (isNew || this.leases.lacks(this.gatewayId, lease)) changed.push(lease);
    }
    for (const id of this.said.keys()) if (!now.has(id)) changed.push(this.lease(id, 'offline'));
    this.said = now;
    this.tell(this.leases.renew(this.gatewayId, { full: false, users: changed }, Date.now()));
    if (Date.now() - this.saidAllAt >= renewalMs) this.sayAll();
    else if (changed.length > 0) this.publish(changes(changed));
    this.tell(this.leases.expire(Date.now()));
    for (const id of this.hub.departed.keys()) if (!now.has(id)) this.hub.departed.delete(id);
  }

  /** The users who receive something here: online if one of their connections is. */
  private here(): Map<number, PresenceStatus> {
    const statuses = new Map<number, PresenceStatus>();
    for (const [id, { feeds }] of this.hub.users) {
      if (feeds.size === 0) continue;
      statuses.set(id, [...feeds].some(({ connection }) => connection.status === 'online') ? 'online' : 'away');
    }
    return statuses;
  }

  private sayAll(): void {
    this.saidAllAt = Date.now();
    const users = [...this.said].map(([id, status]) => this.lease(id, status));
    this.publish(everybody(users));
    // Those in chats whose users were not known to be in them when that was compared.
    this.tell(this.leases.renew(this.gatewayId, { full: true, users }, Date.now()));
  }

  private publish(sets: readonly PresenceSet[]): void {
    for (const set of sets) this.bus.publish(presenceEvent.lease, {}, { gateway_id: this.gatewayId, ...set });
  }

  private lease(userId: number, status: PresenceStatus): PresenceLease {
    const chat_ids: number[] = [];
    for (const { chatId, isSmall } of this.hub.roomsOf(userId)) {
      if (isSmall === true && chat_ids.length < mostChats) chat_ids.push(chatId);
    }
    return { ...presence(userId, status), chat_ids };
  }

  private tell(touched: Touched): void {
    for (const [id, { chatIds, fresh }] of touched) {
      const status = this.leases.statusOf(id);
      const isNew = status !== (this.told.get(id) ?? 'offline');
      if (!isNew && (fresh.length === 0 || status === 'offline')) continue;
      if (status === 'offline') this.told.delete(id);
      else this.told.set(id, status);
      const frame = new Frame({ type: 'presence.update', data: presence(id, status) });
      const concerned = new Set(isNew ? this.hub.watched.watchersOf(id) : []);
      for (const connection of this.companions(id, isNew ? chatIds : fresh)) concerned.add(connection);
      for (const connection of concerned) connection.send(frame);
    }
  }

  /** Those here who are in these chats with the user. */
  private *companions(userId: number, chatIds: Iterable<number>): Iterable<Connection> {
    for (const chatId of chatIds) {
      for (const connection of this.hub.rooms.get(chatId)?.present() ?? []) {
        if (connection.userId !== userId) yield connection;
      }
    }
  }
}

function presence(user_id: number, status: PresenceStatus): Presence {
  return { user_id, status, last_seen: new Date().toISOString() };
}
