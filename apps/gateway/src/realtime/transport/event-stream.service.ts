import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Bus } from '#bus/bus.js';
import { Bulkhead } from '#cache/bulkhead.js';
import type { Identity } from '#contracts/auth.contract.js';
import { FechatterError, invalid } from '#contracts/error.js';
import { closeCode } from '#contracts/frame.js';
import { logRpc } from '#contracts/log.contract.js';
import { Logger } from '#telemetry/logger.js';
import type { Connection } from '../connection/connection.js';
import { Connections } from '../connection/connections.js';
import type { Feed } from '../delivery/feed.js';
import { HeadComparison } from '../delivery/head-comparison.js';
import { Hub } from '../delivery/hub.js';
import { SignIn } from '../connection/sign-in.js';
import { SseTransport } from './sse.transport.js';

/** How far back before the last event everything is sent again: clocks differ, and entries travel. */
const overlapMs = 60_000;
/** The message service remembers a day of activity; whoever was away for longer gets gaps. */
const longestAwayMs = 23 * 60 * 60_000;
/** No epoch has this number: positions of it are refused. */
const noEpoch = 0;

const EventId = z.iso.datetime();

/** What a client brings to an event stream. */
export interface EventStreamRequest {
  readonly token: string | undefined;
  readonly ticket: string | undefined;
  readonly address: string;
  /** The id of the last event that the client has: a time of a gateway's clock, RFC 3339. */
  readonly lastEventId: string | undefined;
}

/** `/api/events`: the realtime core for clients that only listen. */
@Injectable()
export class EventStreamService {
  private readonly logger = new Logger('gateway.events');
  private readonly bulkhead = new Bulkhead(4, 1_000);

  constructor(
    private readonly bus: Bus,
    private readonly signIn: SignIn,
    private readonly hub: Hub,
    private readonly connections: Connections,
    private readonly comparison: HeadComparison,
  ) {}

  /** Turns the answer into a stream. Throws before anything is sent when the client may not have one. */
  async open({ lastEventId, ...credential }: EventStreamRequest, reply: FastifyReply): Promise<void> {
    this.connections.checkRoom();
    const since = lastEventId === undefined ? undefined : timeOf(lastEventId);
    const identity = await this.identify(credential);
    const { raw } = reply;
    // Whoever has left meanwhile would count as online: their stream has closed already, and will not tell again.
    if (raw.destroyed) return void reply.hijack();
    const transport = new SseTransport(raw, () => this.comparison.clock());
    const connection = this.connections.admit(identity, transport, 'sse');
    raw.on('drain', () => connection.drained());
    raw.on('error', () => undefined);
    raw.on('close', () => connection.closed(1000));
    reply.hijack();
    raw.socket?.setNoDelay(true);
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    raw.flushHeaders();
    void this.serve(connection, transport, since);
  }

  private async identify({ token, ticket, address }: Omit<EventStreamRequest, 'lastEventId'>): Promise<Identity> {
    if (token !== undefined) return this.signIn.byToken(token);
    if (ticket === undefined) throw new FechatterError('UNAUTHORIZED');
    return this.signIn.byTicket(ticket, address);
  }

  private async serve(connection: Connection, transport: SseTransport, since: number | undefined): Promise<void> {
    try {
      if (since === undefined) this.hub.settle(await this.hub.open(connection));
      else await transport.replay(async () => this.replay(await this.hub.open(connection), since));
    } catch (error) {
      this.logger.warn('An event stream could not be opened', { reason: String(error) });
      connection.close(
        closeCode.restarting,
        JSON.stringify({ retry_after_ms: 1_000 + Math.floor(Math.random() * 4_000) }),
      );
    }
  }

  /** Sends every entry of the user's chats since then again. */
  private async replay(feed: Feed, since: number): Promise<void> {
    const { epoch, cursors } = await this.positions(feed, since);
    const resumed = this.hub.resume(feed, epoch, cursors);
    // Only now: a chat that was live before its position was found would send new entries ahead of old ones.
    this.hub.settle(feed);
    await resumed;
  }

  private async positions(feed: Feed, since: number): Promise<{ epoch: number; cursors: Map<number, number> }> {
    if (Date.now() - since > longestAwayMs) {
      return { epoch: noEpoch, cursors: new Map([...feed.deliveries.keys()].map((id) => [id, 0])) };
    }
    const from = new Date(since - overlapMs).toISOString();
    const as = feed.connection.caller;
    const ask = () => this.bus.call(logRpc.changedSince, { since: from }, { as });
    const { chats, epoch } = await this.bulkhead.run(ask);
    return { epoch, cursors: new Map(chats.map(({ chat_id, after }) => [chat_id, after])) };
  }
}

function timeOf(lastEventId: string): number {
  if (!EventId.safeParse(lastEventId).success) {
    throw invalid('last_event_id', 'Must be the id of an event, as 2026-01-31T12:00:00.000Z');
  }
  return Math.min(Date.parse(lastEventId), Date.now());
}
