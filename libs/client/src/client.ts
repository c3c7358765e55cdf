import type { z } from 'zod';
import type { Login, LoginBody, RegisterBody } from '#contracts/auth.contract.js';
import { FechatterError } from '#contracts/error.js';
import { authApi } from '#contracts/http/auth.routes.js';
import { chatsApi } from '#contracts/http/chat.routes.js';
import { messagesApi } from '#contracts/http/message.routes.js';
import type { ReplyOf, Route } from '#contracts/http/route.js';
import type { Message } from '#contracts/message.contract.js';
import { systemClock, type Clock } from './clock.js';
import { Emitter } from './emitter.js';
import { newCounters, type ClientEvents, type Counters } from './events.js';
import { Gateways, type GatewayChoice } from './gateways.js';
import { Http, type Fetch } from './http.js';
import type { NewMessage, QueuedMessage } from './lane.js';
import type { Link, LinkListener } from './link.js';
import { Live } from './live.js';
import { Logs, type Positions } from './logs.js';
import { Presence, type OwnStatus } from './presence.js';
import type { InputArguments } from './request.js';
import { SendQueue } from './send-queue.js';
import { Session } from './session.js';
import { openEventStream, type StreamMemory } from './sse-link.js';
import { Statuses } from './statuses.js';
import { MemoryStorage, type KeyValueStorage } from './storage.js';
import { openWebSocket, type WebSocketClass } from './websocket-link.js';

export interface ClientOptions {
  readonly gateways: GatewayChoice;
  /** How changes are received; `websocket` unless given. */
  readonly transport?: 'websocket' | 'sse';
  /** The platform's own unless given; Node 20 has none: the class of the `ws` package does. */
  readonly WebSocket?: WebSocketClass;
  /** Open WebSockets with one-time tickets instead of a first frame that carries the token. */
  readonly tickets?: boolean;
  /** Keeps session and unsent messages; in memory unless given. */
  readonly storage?: KeyValueStorage;
  /** Where to go on; at the heads of the chats unless given. */
  readonly positions?: Positions;
  readonly fetch?: Fetch;
  readonly clock?: Clock;
  /** From 0 up to, but without, 1. */
  readonly random?: () => number;
}

/** A user's client: HTTP, realtime and sending, over any of the gateways. */
export class FechatterClient {
  readonly counters: Counters = newCounters();
  private readonly events = new Emitter<ClientEvents>();
  /** Calls a listener with every event of a kind; the answer ends that. */
  readonly on = this.events.on.bind(this.events);
  private readonly fetch: Fetch;
  private readonly http: Http;
  private readonly session: Session;
  private readonly logs: Logs;
  private readonly live: Live;
  private readonly queue: SendQueue;
  private readonly presence: Presence;
  private readonly memory: StreamMemory = { lastEventId: undefined };

  constructor(private readonly options: ClientOptions) {
    const { storage = new MemoryStorage(), clock = systemClock, random = Math.random, positions } = options;
    const { events, counters } = this;
    const base = { clock, random, events, counters, storage };
    // Browsers let `fetch` be called as a function of the window only.
    this.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    const gateways = new Gateways(options.gateways, random);
    this.http = new Http(gateways, this.fetch);
    const session = (this.session = new Session(this.http, storage, clock, random));
    const logs = (this.logs = new Logs({ ...base, read: (chatId, after) => this.readLog(chatId, after) }, positions));
    this.queue = new SendQueue({ ...base, transmit: (message) => this.transmit(message) });
    const open = (gateway: string, token: string, listener: LinkListener) => this.open(gateway, token, listener);
    const statuses = new Statuses(events);
    this.live = new Live({ ...base, session, logs, statuses, gateways, open, connected: () => this.connected() });
    this.presence = new Presence(this.live, clock, random);
    this.session.on('ended', (reason) => this.signedOut(reason));
  }

  /** Who is signed in, be it since an earlier client with the same storage. */
  get user(): Login['user'] | undefined {
    return this.session.user;
  }

  /** Undefined before the first connection. */
  get positions(): Positions | undefined {
    return this.logs.positions;
  }

  /** Messages that are not known to be stored yet. */
  get unsent(): readonly QueuedMessage[] {
    return this.queue.waiting;
  }

  register(body: z.input<typeof RegisterBody>): Promise<Login> {
    return this.session.register(body);
  }

  login(body: z.input<typeof LoginBody>): Promise<Login> {
    return this.session.login(body);
  }

  /** Messages that are not sent yet stay in the storage until the user signs in again. */
  logout(): Promise<void> {
    return this.session.logout();
  }

  /** Keeps a realtime connection from now on, and sends what an earlier client has left. UNAUTHORIZED without a session. */
  start(): void {
    if (this.options.transport !== 'sse' && this.WebSocket === undefined) {
      throw new TypeError('This platform has no WebSocket: give the client one');
    }
    this.queue.open(this.signedIn());
    this.live.start();
  }

  /** Ends the connection and sends nothing more; `start` goes on from there. */
  stop(): void {
    this.live.stop();
    this.presence.rest();
    this.queue.close();
  }

  /** Ends a wait between tries: for when the network is back, or the window is shown again. */
  wake(): void {
    this.live.wake();
    this.queue.wake();
  }

  /**
   * One operation of the HTTP interface, called once: typed by its contract in libs/contracts/src/http. Throws
   * FechatterError; after UNAVAILABLE it may have been done.
   */
  async call<R extends Route>(route: R, ...input: InputArguments<R>): Promise<ReplyOf<R>> {
    if (route.auth === 'none') return this.http.call(route, undefined, undefined, ...input);
    return this.session.authorized((token) => this.http.call(route, token, undefined, ...input));
  }

  /**
   * Queues a message. It is stored once, however often it must be tried; settles when the server has stored or refused
   * it. Throws UNAVAILABLE when too many wait, UNAUTHORIZED without a session.
   */
  async send(message: NewMessage): Promise<Message> {
    this.queue.open(this.signedIn());
    return this.queue.push({ ...message, idempotency_key: message.idempotency_key ?? randomKey() });
  }

  /** Takes back an unsent message; false when it is on its way. One that was tried may be stored all the same. */
  cancel(idempotencyKey: string): boolean {
    return this.queue.cancel(idempotencyKey);
  }

  /** Says that the user is typing, for the next few seconds. Nothing depends on its arrival. */
  typing(chatId: number): void {
    this.live.tell({ type: 'typing', chat_id: chatId });
  }

  /** What the user is said to be while this client is connected by WebSocket. */
  setStatus(status: OwnStatus): void {
    this.presence.set(status);
  }

  /** Whose presence is told, beside that of members of small chats; replaces what was said before. WebSocket only. */
  watchPresence(userIds: readonly number[]): void {
    this.presence.watch(userIds);
  }

  private get WebSocket(): WebSocketClass | undefined {
    return this.options.WebSocket ?? globalThis.WebSocket;
  }

  private signedIn(): number {
    if (this.user === undefined) throw new FechatterError('UNAUTHORIZED');
    return this.user.id;
  }

  private signedOut(reason: FechatterError): void {
    this.stop();
    this.events.emit('signedOut', reason);
  }

  private connected(): void {
    this.counters.connections += 1;
    this.presence.renew();
    this.queue.wake();
  }

  private readLog(chatId: number, after: number) {
    return this.call(chatsApi.log, { params: { id: chatId }, query: { after, limit: 500 } });
  }

  private async transmit(message: QueuedMessage): Promise<Message> {
    const answer = this.live.ask({ type: 'send', ...message });
    if (answer === undefined) return this.call(messagesApi.send, { body: message });
    return ((await answer) as { message: Message }).message;
  }

  private async open(gateway: string, token: string, listener: LinkListener): Promise<Link> {
    if (this.options.transport === 'sse') return openEventStream(this.fetch, gateway, token, this.memory, listener);
    const WebSocket = this.WebSocket as WebSocketClass;
    if (this.options.tickets !== true) return openWebSocket(WebSocket, gateway, { token }, listener);
    const { ticket } = await this.call(authApi.createTicket);
    return openWebSocket(WebSocket, gateway, { ticket }, listener);
  }
}

/** Unique for ever. Also where a page is not from a secure origin, which lacks `randomUUID`. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
