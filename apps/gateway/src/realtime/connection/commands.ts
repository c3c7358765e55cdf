import { Injectable } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { FechatterError, notFound } from '#contracts/error.js';
import { closeCode, type ClientFrame } from '#contracts/frame.js';
import { messageRpc } from '#contracts/message.contract.js';
import { Logger } from '#telemetry/logger.js';
import { RateLimits } from '../../security/rate-limits.js';
import { TokenVerifier } from '../../security/token-verifier.js';
import { Connections } from './connections.js';
import type { Feed } from '../delivery/feed.js';
import { Hub } from '../delivery/hub.js';
import { PresenceService } from '../presence/presence.service.js';
import { TypingService } from '../presence/typing.service.js';

type FrameOf<Type extends ClientFrame['type']> = Extract<ClientFrame, { type: Type }>;

/** Does what clients ask for over their connection, under the rules and limits of HTTP. */
@Injectable()
export class Commands {
  private readonly logger = new Logger('gateway.commands');
  private readonly inFlight = new Set<Promise<void>>();

  constructor(
    private readonly bus: Bus,
    private readonly hub: Hub,
    private readonly connections: Connections,
    private readonly tokens: TokenVerifier,
    private readonly limits: RateLimits,
    private readonly typists: TypingService,
    private readonly presence: PresenceService,
  ) {}

  /** Answers with `ack` if the frame has a `ref`, or with `error`. Never throws. */
  async run(feed: Feed, frame: ClientFrame): Promise<void> {
    const work = this.answer(feed, frame);
    this.inFlight.add(work);
    await work;
    this.inFlight.delete(work);
  }

  /** Resolves when nothing is being worked on, or after `limitMs`. */
  async settled(limitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)));
    await Promise.race([Promise.all(this.inFlight), limit]);
    clearTimeout(timer);
  }

  /** Frames that must follow each other have the same lane. Positions hold from when they come, so they wait in none. */
  laneOf(frame: ClientFrame): string | undefined {
    if (frame.type === 'resume') return undefined;
    return frame.type === 'send' || frame.type === 'read' ? `chat:${frame.chat_id}` : frame.type;
  }

  private async answer(feed: Feed, frame: ClientFrame): Promise<void> {
    const { connection } = feed;
    try {
      const facts = await this.perform(feed, frame);
      if (frame.type === 'ping') connection.say({ type: 'pong', data: { ref: frame.ref } });
      else if (frame.ref !== undefined) connection.say({ type: 'ack', data: { ref: frame.ref, ...facts } });
    } catch (error) {
      if (!(error instanceof FechatterError)) this.logger.error('A command failed', error, { command: frame.type });
      refuse(feed, frame.ref, error instanceof FechatterError ? error : new FechatterError('INTERNAL_ERROR'));
    }
  }

  private async perform(feed: Feed, frame: ClientFrame): Promise<object> {
    const { connection } = feed;
    switch (frame.type) {
      case 'auth':
        return this.renew(feed, frame);
      case 'resume':
        return this.resume(feed, frame);
      case 'send':
        return this.send(feed, frame);
      case 'read':
        return this.read(feed, frame);
      case 'typing':
        await this.limits.take('request', `user:${connection.userId}`);
        if (!this.hub.isMember(feed, frame.chat_id)) throw notFound('chat');
        this.typists.announce(connection.userId, frame.chat_id);
        return {};
      case 'presence':
        connection.status = frame.status;
        return {};
      case 'presence.watch':
        await this.limits.take('request', `user:${connection.userId}`);
        await this.presence.watch(connection, frame.user_ids);
        return {};
      case 'ping':
        return {};
    }
  }

  /** A newer token of the same user; whatever else is shown here ends the connection. */
  private async renew({ connection }: Feed, { token }: FrameOf<'auth'>): Promise<object> {
    try {
      const identity = await this.tokens.verify(token.replace(/^Bearer /i, ''));
      this.connections.checkSession(identity);
      if (identity.user_id !== connection.userId) throw new FechatterError('UNAUTHORIZED');
      connection.renew(identity);
      return { expires_at: new Date(identity.expires_at * 1_000).toISOString() };
    } catch (error) {
      if (error instanceof FechatterError && error.code === 'UNAUTHORIZED') {
        connection.close(closeCode.unauthenticated, 'the access token is not valid');
      }
      throw error;
    }
  }

  private async resume(feed: Feed, { epoch, cursors }: FrameOf<'resume'>): Promise<object> {
    const counted = this.limits.take('request', `user:${feed.connection.userId}`);
    feed.named = Promise.allSettled([feed.named, counted]);
    await counted;
    const positions = new Map(Object.entries(cursors).map(([id, position]) => [Number(id), position]));
    const refused = await this.hub.resume(feed, epoch, positions);
    if (refused.length === 0) return {};
    const details = refused.map((id) => ({ field: `cursors.${id}`, reason: 'There is no such chat for you' }));
    throw new FechatterError('NOT_FOUND', undefined, { details });
  }

  private async send({ connection }: Feed, frame: FrameOf<'send'>): Promise<object> {
    const { chat_id, content, idempotency_key, parent_id } = frame;
    await this.limits.take('send', `user:${connection.userId}`);
    const request = { chat_id, content, idempotency_key, parent_id };
    const message = await this.bus.call(messageRpc.send, request, { as: connection.caller });
    this.typists.stop(connection.userId, chat_id);
    return { message };
  }

  private async read({ connection }: Feed, { chat_id, seq }: FrameOf<'read'>): Promise<object> {
    await this.limits.take('request', `user:${connection.userId}`);
    return this.bus.call(messageRpc.read, { chat_id, seq }, { as: connection.caller });
  }
}

/** Tells a client why a frame was not done. */
export function refuse(
  { connection }: Feed,
  ref: ClientFrame['ref'],
  { code, message, details }: FechatterError,
): void {
  const error = { code, message, ...(details.length === 0 ? {} : { details: [...details] }) };
  connection.say({ type: 'error', data: { ref, error } });
}
