import { WebSocket, type ClientOptions } from 'ws';
import type { z } from 'zod';
import { readConfig } from '#config/config.js';
import type { AccessChange } from '#contracts/access.contract.js';
import { accessRpc } from '#contracts/access.contract.js';
import { FechatterError } from '#contracts/error.js';
import { authRpc } from '#contracts/auth.contract.js';
import { messageRpc, type Message } from '#contracts/message.contract.js';
import { userRpc } from '#contracts/user.contract.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import type { App } from '#service/app.js';
import { startHouse, type House } from '#testing/app.js';
import { asService, asUser } from '#testing/caller.js';
import { eventually } from '#testing/eventually.js';
import { Issuer } from '../issuer.fixture.js';
import { gatewayApp, type RunningGateway } from '../gateway.app.js';
import { GatewayConfig } from '../gateway.config.js';

const workspaceId = 7;

/** The message service as its own folder exports it. */
export interface MessageService {
  readonly app: App<z.ZodObject>;
  readonly dataSource: Parameters<typeof startHouse>[0]['dataSources'][number];
}

/** A frame as it came over the wire. */
export interface Frame {
  type: string;
  chat_id?: number;
  seq?: number;
  data: Record<string, unknown>;
}

/**
 * A gateway and a real message service. Auth is an issuer of keys that the spec holds; memberships are handed over as
 * the chat service does.
 */
export class RealtimeHouse {
  private lastChat = 0;
  private readonly versions = new Map<number, number>();
  readonly tickets = new Map<string, number>();
  /** Users below 900 whom nobody may see. */
  readonly hidden = new Set<number>();

  private constructor(
    readonly house: House,
    readonly issuer: Issuer,
    readonly gateway: RunningGateway,
  ) {}

  /** `message` is the message service: an app is imported by specs only. */
  static async start(message: MessageService, env: Record<string, string> = {}): Promise<RealtimeHouse> {
    const house = await startHouse({ apps: [message.app], dataSources: [message.dataSource] });
    const user = (id: number) => ({ id, username: `user${id}`, avatar_url: null });
    house.bus.serve(userRpc.getMany, async ({ ids }) => ({ users: ids.map(user) }), { queue: 'auth' });
    house.bus.serve(userRpc.findByNames, async () => ({ users: [] }), { queue: 'auth' });
    const issuer = await Issuer.on(house.bus);
    const config = readConfig(GatewayConfig, { NODE_ENV: 'test', PORT: '0', ...env });
    const gateway = await gatewayApp.start({ config, bus: house.bus, validateReplies: true });
    const started = new RealtimeHouse(house, issuer, gateway);
    // Everybody sees the users below 900.
    const isVisible = (id: number) => id < 900 && !started.hidden.has(id);
    house.bus.serve(
      workspaceRpc.visibleUsers,
      async ({ ids = [] }) => ({ user_ids: ids.filter(isVisible), has_more: false }),
      { queue: 'chat' },
    );
    house.bus.serve(authRpc.redeemTicket, async ({ ticket }) => started.redeem(ticket), { queue: 'auth' });
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${this.gateway.port}`;
  }

  /** A new chat with these members. */
  async chat(...userIds: number[]): Promise<number> {
    this.lastChat += 1;
    const id = this.lastChat;
    const kind = { name: `c${id}`, type: 'channel' as const, description: '' };
    const chat = { id, workspace_id: workspaceId, ...kind, is_private: false, is_archived: false };
    const members = userIds.map((user_id) => ({ user_id, role: 'member' as const }));
    await this.handOver(id, { type: 'chat.created', chat, members });
    return id;
  }

  async add(chatId: number, ...userIds: number[]): Promise<void> {
    const members = userIds.map((user_id) => ({ user_id, role: 'member' as const }));
    await this.handOver(chatId, { type: 'member.added', members });
  }

  async remove(chatId: number, userId: number): Promise<void> {
    await this.handOver(chatId, { type: 'member.removed', user_ids: [userId] });
  }

  send(chatId: number, userId: number, content: string): Promise<Message> {
    return this.house.bus.call(messageRpc.send, { chat_id: chatId, content }, { as: asUser(userId) });
  }

  edit(message: Message, content: string): Promise<Message> {
    const as = asUser(message.sender_id);
    return this.house.bus.call(messageRpc.edit, { message_id: message.id, content }, { as });
  }

  async delete(message: Message): Promise<void> {
    await this.house.bus.call(messageRpc.delete, { message_id: message.id }, { as: asUser(message.sender_id) });
  }

  token(userId: number, sessionId = userId * 10): Promise<string> {
    return this.issuer.sign({ sub: String(userId), sid: sessionId });
  }

  /** A client that has signed in and has been told `ready`. */
  async connect(userId: number, sessionId?: number, options: ClientOptions = {}): Promise<Socket> {
    const socket = await this.open('', {}, options);
    socket.send({ type: 'auth', token: await this.token(userId, sessionId) });
    await socket.next(({ type }) => type === 'ready');
    return socket;
  }

  open(query = '', headers: Record<string, string> = {}, options: ClientOptions = {}): Promise<Socket> {
    return Socket.open(`${this.url.replace('http', 'ws')}/ws${query}`, headers, options);
  }

  async close(): Promise<void> {
    await this.gateway.stop();
    await this.house.close();
  }

  private async handOver(chatId: number, change: AccessChange): Promise<void> {
    const version = (this.versions.get(chatId) ?? 0) + 1;
    this.versions.set(chatId, version);
    const request = { chat_id: chatId, workspace_id: workspaceId, version, actor_id: 1, change };
    await this.house.bus.call(accessRpc.apply, request, { as: asService('chat') });
  }

  private async redeem(ticket: string) {
    const userId = this.tickets.get(ticket);
    if (userId === undefined || !this.tickets.delete(ticket)) throw new FechatterError('UNAUTHORIZED');
    return { user_id: userId, session_id: userId * 10, expires_at: Math.floor(Date.now() / 1_000) + 600 };
  }
}

/** A WebSocket client that remembers every frame and lets a spec wait for one. */
export class Socket {
  readonly frames: Frame[] = [];
  closed: { code: number; reason: string } | undefined;
  /** Status and Retry-After of an upgrade that was refused. */
  refused: number | undefined;
  retryAfter: string | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.frames.push(JSON.parse(data.toString('utf8')) as Frame));
    socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString('utf8') }));
    socket.on('unexpected-response', (_, response) => {
      this.refused = response.statusCode;
      this.retryAfter = response.headers['retry-after'];
      socket.terminate();
    });
    socket.on('error', () => undefined);
  }

  static async open(url: string, headers: Record<string, string>, options: ClientOptions = {}): Promise<Socket> {
    const opened = new Socket(new WebSocket(url, { ...options, headers }));
    await eventually(() => opened.socket.readyState !== WebSocket.CONNECTING);
    return opened;
  }

  send(frame: object | string): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The answer to a frame, which gets a `ref` of its own. */
  async ask(frame: object): Promise<Frame> {
    const ref = `r${Math.random()}`;
    this.send({ ...frame, ref });
    return this.next(({ type, data }) => ['ack', 'error', 'pong'].includes(type) && data['ref'] === ref);
  }

  /** The first frame, past or coming, that matches. */
  next(matches: (frame: Frame) => boolean): Promise<Frame> {
    return eventually(
      () => this.frames.find(matches),
      () => this.describe(),
    );
  }

  untilClosed(timeoutMs?: number): Promise<{ code: number; reason: string }> {
    return eventually(
      () => this.closed,
      () => this.describe(),
      timeoutMs,
    );
  }

  /** What came of a chat's log, in the order of arrival. */
  entries(chatId: number): Frame[] {
    return this.frames.filter(({ chat_id, seq }) => chat_id === chatId && seq !== undefined);
  }

  seqs(chatId: number): number[] {
    return this.entries(chatId).map(({ seq }) => seq as number);
  }

  private describe(): string {
    return `${JSON.stringify(this.closed)} ${JSON.stringify(this.frames.slice(-5))}`;
  }
}
