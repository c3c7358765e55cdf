import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** One HTTP request; `token` is the owner's unless given. */
export interface Request {
  readonly path: string;
  readonly body?: unknown;
  readonly raw?: string;
  readonly token?: string;
}

export interface Answer {
  readonly id: number;
  readonly token: string;
  readonly refresh_token: string;
  readonly invite_code: string;
  readonly user: { readonly id: number };
  readonly workspaces: readonly { readonly id: number }[];
  readonly chats: readonly { readonly id: number }[];
  readonly results: readonly unknown[];
  readonly sessions: readonly { readonly id: number; readonly is_current: boolean }[];
}

export interface Somebody {
  readonly email: string;
  readonly password: string;
  readonly id: number;
  readonly token: string;
  readonly refreshToken: string;
}

/** A workspace with an owner and a member, and what a request may need to find there. */
export class World {
  owner!: Somebody;
  member!: Somebody;
  workspace!: number;
  general!: number;
  private made = 0;

  constructor(private readonly url: string) {}

  static async build(url: string): Promise<World> {
    const world = new World(url);
    world.owner = await world.register();
    world.workspace = (await world.ask('GET', { path: '/api/workspaces' })).workspaces[0]!.id;
    world.general = (await world.ask('GET', { path: '/api/chats' })).chats[0]!.id;
    world.member = await world.join();
    return world;
  }

  /** Throws unless the request succeeds. */
  async ask(method: string, request: Request, requestId: string = randomUUID()): Promise<Answer> {
    const { path, body, raw, token = this.owner?.token } = request;
    const json = body === undefined ? undefined : JSON.stringify(body);
    const content = raw ?? json;
    const type = raw === undefined ? 'application/json' : 'application/x-ndjson';
    const response = await fetch(this.url + path, {
      method,
      headers: {
        'x-request-id': requestId,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(content !== undefined && { 'content-type': type }),
      },
      ...(content !== undefined && { body: content }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text.startsWith('{') ? JSON.parse(text) : {}) as Answer;
  }

  name(): string {
    return `name-${randomUUID().slice(0, 8)}-${++this.made}`;
  }

  async register(): Promise<Somebody> {
    const username = this.name();
    const person = { email: `${username}@example.com`, username, password: `long enough ${randomUUID()}` };
    const { token, refresh_token, user } = await this.ask('POST', { path: '/api/auth/register', body: person });
    return { ...person, id: user.id, token, refreshToken: refresh_token };
  }

  async login({ email, password }: Somebody): Promise<{ token: string; refreshToken: string }> {
    const { token, refresh_token } = await this.ask('POST', { path: '/api/auth/login', body: { email, password } });
    return { token, refreshToken: refresh_token };
  }

  async invite(): Promise<string> {
    const path = `/api/workspaces/${this.workspace}/invites`;
    return (await this.ask('POST', { path, body: {} })).invite_code;
  }

  /** Somebody new in the workspace. */
  async join(): Promise<Somebody> {
    const somebody = await this.register();
    await this.ask('POST', { path: `/api/invites/${await this.invite()}/accept`, token: somebody.token });
    return somebody;
  }

  newChat(memberIds: readonly number[] = [], type = 'channel'): object {
    return { workspace_id: this.workspace, name: this.name(), type, member_ids: memberIds };
  }

  /** A chat of the owner and the member. */
  async chat(): Promise<number> {
    return (await this.ask('POST', { path: '/api/chats', body: this.newChat([this.member.id]) })).id;
  }

  async message(chatId = this.general): Promise<number> {
    return (await this.ask('POST', { path: '/api/messages', body: { chat_id: chatId, content: 'a message' } })).id;
  }

  /** A search for a word of the general chat, when the index has it. */
  async search(query: string): Promise<Request> {
    const search = { path: '/api/search/messages', body: { query, filters: { chat_ids: [this.general] } } };
    while ((await this.ask('POST', search)).results.length === 0) await sleep(50);
    return search;
  }
}
