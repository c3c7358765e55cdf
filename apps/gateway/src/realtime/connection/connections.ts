import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Identity } from '#contracts/auth.contract.js';
import { FechatterError } from '#contracts/error.js';
import { closeCode } from '#contracts/frame.js';
import { gatewayConfig, type GatewayConfig } from '../../gateway.config.js';
import { LimitExceeded } from '../../security/rate-limits.js';
import { SessionRevocations } from '../../security/session-revocations.js';
import { Connection, type Transport } from './connection.js';
import { noRoom } from './no-room.js';
import { DeliveryMarks } from '../delivery/delivery-marks.js';
import { Hub } from '../delivery/hub.js';
import { InboxSource } from '../delivery/inbox-source.js';
import { openConnections } from '../realtime.metrics.js';

const sweepMs = 1_000;
/** When to look again for room: nobody knows when the user closes another connection. */
const roomMs = 5_000;

/** Every connection from when it is let in until it ends: bounds their number, and ends those whose time is up. */
@Injectable()
export class Connections implements OnApplicationBootstrap {
  private readonly all = new Set<Connection>();
  private readonly maxConnecting: number;
  private readonly maxPerUser: number;
  private timer: NodeJS.Timeout | undefined;
  private stopping = false;

  constructor(
    @Inject(gatewayConfig) config: GatewayConfig,
    private readonly hub: Hub,
    private readonly revocations: SessionRevocations,
    private readonly marks: DeliveryMarks,
    private readonly inboxes: InboxSource,
  ) {
    this.maxConnecting = config.LIMIT_CONNECTING;
    this.maxPerUser = config.RATE_LIMITS === 'off' ? Infinity : config.LIMIT_SOCKETS_PER_USER;
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.sweep(), sweepMs).unref();
    this.revocations.onRevoked(({ user_id, session_id }) => {
      for (const connection of [...(this.hub.users.get(user_id)?.connections ?? [])]) {
        if (connection.identity.session_id === session_id) connection.close(closeCode.revoked, 'the session has ended');
      }
    });
  }

  /** Throws UNAVAILABLE while the gateway stops, or so many open at once that another one would wait for long. */
  checkRoom(): void {
    if (!this.stopping && this.inboxes.waiting < this.maxConnecting) return;
    throw noRoom();
  }

  /** Lets a signed-in client in. Throws UNAUTHORIZED, RATE_LIMITED, or UNAVAILABLE as `checkRoom`. */
  admit(identity: Identity, transport: Transport, kind: 'websocket' | 'sse'): Connection {
    this.checkRoom();
    this.checkSession(identity);
    const { maxPerUser } = this;
    if ((this.hub.users.get(identity.user_id)?.connections.size ?? 0) >= maxPerUser) {
      const usage = { allowed: false, limit: maxPerUser, remaining: 0, resetMs: roomMs };
      throw new LimitExceeded(usage, `You have ${maxPerUser} connections open. Close some first.`);
    }
    const connection = new Connection(identity, transport);
    this.all.add(connection);
    connection.onWritten((frame) => this.marks.sent(identity.user_id, frame));
    openConnections.inc({ transport: kind });
    connection.onClosed(() => {
      this.all.delete(connection);
      openConnections.dec({ transport: kind });
    });
    this.hub.enter(connection);
    return connection;
  }

  /** Throws UNAUTHORIZED for a session that has ended, whatever said that it is live. */
  checkSession({ session_id, expires_at }: Identity): void {
    const isOver = expires_at * 1_000 <= Date.now() || this.revocations.isRevoked(session_id);
    if (isOver) throw new FechatterError('UNAUTHORIZED');
  }

  /** Lets nobody in from now on. */
  stop(): void {
    this.stopping = true;
    clearInterval(this.timer);
  }

  /** Asks every client to connect anew, to whichever gateway then runs. */
  restartAll(): void {
    for (const connection of [...this.all]) connection.restart();
  }

  private sweep(): void {
    const now = Date.now();
    for (const connection of [...this.all]) connection.sweep(now);
  }
}
