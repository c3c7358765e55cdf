import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { Identity } from '#contracts/auth.contract.js';
import { FechatterError } from '#contracts/error.js';
import { closeCode, type ClientFrame } from '#contracts/frame.js';
import type { TokenBucket } from '#domain/token-bucket.js';
import { Logger } from '#telemetry/logger.js';
import { parseClientFrame, type Parsed } from '../connection/client-frame.js';
import { refuse, type Commands } from '../connection/commands.js';
import type { Connection } from '../connection/connection.js';
import type { Connections } from '../connection/connections.js';
import type { Feed } from '../delivery/feed.js';
import type { Hub } from '../delivery/hub.js';
import { Lanes } from '../connection/lanes.js';
import { WebSocketTransport } from './websocket.transport.js';

const authMs = 5_000;
/** For the answer to a close, to whoever has not signed in. */
const farewellMs = 1_000;
/** Time for a client to name its positions before the chats that it does not name go live. */
const settleMs = 100;
/** Frames that may come before `ready` is said. */
const mostEarly = 100;

/** What a WebSocket client needs of the gateway. */
export interface WebSocketHost {
  readonly hub: Hub;
  readonly connections: Connections;
  readonly commands: Commands;
  /** Verifies what the `auth` frame brings. */
  identify(token: string): Promise<Identity>;
}

/** What a client says over its WebSocket, from the upgrade to the close. */
export class WebSocketClient {
  private readonly logger = new Logger('gateway.websocket');
  private readonly transport: WebSocketTransport;
  private readonly lanes = new Lanes();
  private connection: Connection | undefined;
  private feed: Feed | undefined;
  private entering = false;
  /** What came while the connection was being opened. */
  private readonly early: Parsed[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly webSocket: WebSocket,
    socket: Duplex,
    private readonly bucket: TokenBucket | undefined,
    /** Called once the client is signed in. */
    private readonly signedIn: () => void,
    private readonly host: WebSocketHost,
  ) {
    this.transport = new WebSocketTransport(webSocket, socket);
    socket.on('drain', () => this.connection?.drained());
    webSocket.on('message', (data, isBinary) => this.hear(data, isBinary));
    // An answer to a ping of ours is one in 25 s; nobody needs to send more of them.
    for (const sign of ['ping', 'pong'] as const) webSocket.on(sign, () => this.spend());
    // The library answers a breach of the protocol with a close of its own (1002, 1007, 1009); `close` follows.
    webSocket.on('error', () => undefined);
    webSocket.on('close', (code) => {
      clearTimeout(this.timer);
      this.connection?.closed(code);
    });
  }

  /** Gives the client its time to show a token. */
  expectAuth(): void {
    const expire = () => this.end(closeCode.unauthenticated, 'no auth frame came in time');
    this.timer = setTimeout(expire, authMs).unref();
  }

  /** Lets the client in as whom `identify` says, or closes. */
  async enter(identify: () => Promise<Identity>): Promise<void> {
    clearTimeout(this.timer);
    this.entering = true;
    try {
      const identity = await identify();
      if (this.webSocket.readyState !== this.webSocket.OPEN) return;
      this.connection = this.host.connections.admit(identity, this.transport, 'websocket');
      this.signedIn();
      const feed = await this.host.hub.open(this.connection);
      this.feed = feed;
      if (this.connection.isOpen) this.timer = setTimeout(() => void this.settle(feed), settleMs);
      for (const parsed of this.early.splice(0)) this.take(feed, parsed);
    } catch (error) {
      this.refuseEntry(error);
    }
  }

  /** What the client has named in time holds first, however long it takes to count it. */
  private async settle(feed: Feed): Promise<void> {
    await feed.named;
    this.host.hub.settle(feed);
  }

  private hear(data: RawData, isBinary: boolean): void {
    if (!this.spend()) return;
    const parsed: Parsed = isBinary ? { kind: 'malformed' } : parseClientFrame((data as Buffer).toString('utf8'));
    if (parsed.kind === 'malformed') this.end(closeCode.protocolError, 'a frame must be a JSON object in a text frame');
    else if (this.feed !== undefined) this.take(this.feed, parsed);
    else if (this.entering) this.keep(parsed);
    else if (parsed.kind === 'frame' && parsed.frame.type === 'auth') this.authenticate(parsed.frame);
    else this.end(closeCode.unauthenticated, 'the first frame must be auth');
  }

  private keep(parsed: Parsed): void {
    if (this.early.length < mostEarly) this.early.push(parsed);
    else this.end(closeCode.tooManyFrames, 'too many frames before ready');
  }

  private authenticate({ token }: Extract<ClientFrame, { type: 'auth' }>): void {
    void this.enter(() => this.host.identify(token.replace(/^Bearer /i, '')));
  }

  private take(feed: Feed, parsed: Parsed): void {
    if (parsed.kind === 'invalid') refuse(feed, parsed.ref, parsed.error);
    if (parsed.kind !== 'frame') return;
    const { frame } = parsed;
    const { commands } = this.host;
    const lane = commands.laneOf(frame);
    if (lane === undefined) void commands.run(feed, frame);
    else void this.lanes.run(lane, () => commands.run(feed, frame));
  }

  /** Counts a frame; false when it is one too many. */
  private spend(): boolean {
    // What was on its way when the connection was closed is not done any more.
    if (this.webSocket.readyState !== this.webSocket.OPEN) return false;
    if (this.bucket === undefined || this.bucket.take(performance.now())) return true;
    this.end(closeCode.tooManyFrames, 'too many frames');
    return false;
  }

  private refuseEntry(error: unknown): void {
    const code = error instanceof FechatterError ? error.code : 'INTERNAL_ERROR';
    if (code === 'RATE_LIMITED') this.end(closeCode.tooManyFrames, 'too many connections, opened or open');
    else if (code === 'UNAVAILABLE' || code === 'INTERNAL_ERROR') {
      if (code === 'INTERNAL_ERROR') this.logger.error('A connection could not be opened', error);
      this.end(closeCode.restarting, JSON.stringify({ retry_after_ms: 1_000 + Math.floor(Math.random() * 4_000) }));
    } else this.end(closeCode.unauthenticated, 'the access token or ticket is not valid');
  }

  private end(code: number, reason: string): void {
    clearTimeout(this.timer);
    if (this.connection !== undefined) return this.connection.close(code, reason);
    this.transport.close(code, reason);
    this.timer = setTimeout(() => this.transport.terminate(), farewellMs).unref();
  }
}
