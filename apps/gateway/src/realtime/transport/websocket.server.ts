import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { WebSocketServer as WebSocketLibrary } from 'ws';
import type { Identity } from '#contracts/auth.contract.js';
import { FechatterError } from '#contracts/error.js';
import { addressKey } from '#domain/address-key.js';
import { TokenBucket } from '#domain/token-bucket.js';
import { gatewayConfig, type GatewayConfig } from '../../gateway.config.js';
import { rawAnswer } from '../../http/server/raw-answer.js';
import { requestIdOf } from '../../http/server/server.js';
import { addressReader } from '../../security/client-address.js';
import { securityHeaders } from '../../security/headers.js';
import { Commands } from '../connection/commands.js';
import { Connections } from '../connection/connections.js';
import { Hub } from '../delivery/hub.js';
import { isAllowedOrigin } from './origin.js';
import { SignIn } from '../connection/sign-in.js';
import { Strangers } from '../connection/strangers.js';
import { WebSocketClient, type WebSocketHost } from './websocket.client.js';

const maxFrameBytes = 128 * 1024;
/** Time for what is being worked on, and then for the clients to answer the close, when the gateway stops. */
const settleMs = 3_000;
const farewellMs = 1_500;

/** `/ws`: takes upgrades from the HTTP server and makes clients of them. */
@Injectable()
export class WebSocketServer implements OnApplicationBootstrap, BeforeApplicationShutdown, WebSocketHost {
  private readonly library = new WebSocketLibrary({
    noServer: true,
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
  });
  private readonly addressOf: (request: IncomingMessage) => string;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    @Inject(gatewayConfig) private readonly config: GatewayConfig,
    private readonly adapterHost: HttpAdapterHost,
    private readonly signIn: SignIn,
    readonly hub: Hub,
    readonly connections: Connections,
    readonly commands: Commands,
    private readonly strangers: Strangers,
  ) {
    this.addressOf = addressReader(config.TRUST_PROXY);
    this.headers = securityHeaders(config.PUBLIC_URL?.startsWith('https:') === true);
  }

  onApplicationBootstrap(): void {
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
  }

  /** Finishes what is being worked on, then asks every client to connect anew. */
  async beforeApplicationShutdown(): Promise<void> {
    this.connections.stop();
    await this.commands.settled(settleMs);
    this.connections.restartAll();
    await this.farewell();
    for (const client of this.library.clients) client.terminate();
    this.library.close();
  }

  identify(token: string): Promise<Identity> {
    return this.signIn.byToken(token);
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const target = targetOf(request);
    const address = this.addressOf(request);
    let leave: () => void;
    try {
      this.check(target?.pathname, request.headers);
      leave = this.strangers.enter(addressKey(address));
    } catch (error) {
      const known = error instanceof FechatterError ? error : new FechatterError('INTERNAL_ERROR');
      refuse(socket, rawAnswer(known, requestIdOf(request), this.headers));
      return;
    }
    socket.once('close', leave);
    this.library.handleUpgrade(request, socket, head, (webSocket) => {
      const { RATE_LIMITS, LIMIT_FRAMES_PER_SECOND } = this.config;
      const bucket = RATE_LIMITS === 'off' ? undefined : new TokenBucket(LIMIT_FRAMES_PER_SECOND);
      const client = new WebSocketClient(webSocket, socket, bucket, leave, this);
      const ticket = target?.searchParams.get('ticket') ?? undefined;
      if (ticket === undefined) client.expectAuth();
      else void client.enter(() => this.signIn.byTicket(ticket, address));
    });
  }

  private check(pathname: string | undefined, { origin, host }: IncomingHttpHeaders): void {
    if (pathname !== '/ws') throw new FechatterError('NOT_FOUND');
    if (!isAllowedOrigin(origin, host, this.config)) {
      throw new FechatterError('FORBIDDEN', 'Pages of this origin may not connect.');
    }
    this.connections.checkRoom();
  }

  private async farewell(): Promise<void> {
    const closed = [...this.library.clients].map((client) => new Promise((resolve) => client.once('close', resolve)));
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, farewellMs)));
    await Promise.race([Promise.all(closed), limit]);
    clearTimeout(timer);
  }
}

/** Undefined for a target that cannot be read, such as `//`: whoever throws in a listener ends the process. */
function targetOf({ url = '/' }: IncomingMessage): URL | undefined {
  const base = 'http://gateway';
  return URL.canParse(url, base) ? new URL(url, base) : undefined;
}

/** Answers an upgrade that is refused, and ends its socket. */
function refuse(socket: Duplex, answer: string): void {
  // Nothing else looks after a socket whose request was an upgrade: without its client's close it would stay for ever.
  socket.once('finish', () => socket.destroy());
  socket.end(answer);
}
