import { randomUUID } from 'node:crypto';
import type { Chat } from '#contracts/chat.contract.js';
import type { Login } from '#contracts/auth.contract.js';

/** What came back, with the body as JSON. */
export interface Answer<Body = unknown> {
  status: number;
  headers: Headers;
  body: Body;
}

/** The server under test, started once for all files. */
export const serverUrl = process.env.FECHATTER_URL ?? 'http://127.0.0.1:8080';

/** Where live connections go: another gateway than `serverUrl`, where there is one. */
export const socketUrl = process.env.FECHATTER_SOCKET_URL ?? serverUrl;

/** One HTTP call; never throws for an error status. `raw` is sent as it is in place of a JSON body. */
export async function http<Body = unknown>(
  method: string,
  path: string,
  options: { token?: string; body?: unknown; raw?: string; headers?: Record<string, string> } = {},
): Promise<Answer<Body>> {
  const { token, headers } = options;
  const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const response = await fetch(new URL(path, serverUrl), {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text === '' ? null : JSON.parse(text)) as Body };
}

/** A user made for one test, signed in, with the `general` channel of the personal workspace. */
export class Person {
  private constructor(
    readonly login: Login,
    readonly password: string,
    readonly workspaceId: number,
    readonly generalId: number,
  ) {}

  static async register(name = 'person'): Promise<Person> {
    const username = `${name}-${randomUUID().slice(0, 8)}`;
    const password = `long enough ${randomUUID()}`;
    const body = { email: `${username}@example.com`, username, password };
    const registered = await http<Login>('POST', '/api/auth/register', { body });
    if (registered.status !== 201) throw new Error(`register: ${JSON.stringify(registered.body)}`);
    const { token } = registered.body;
    const workspaces = await http<{ workspaces: { id: number }[] }>('GET', '/api/workspaces', { token });
    const chats = await http<{ chats: Chat[] }>('GET', '/api/chats', { token });
    const [workspace] = workspaces.body.workspaces;
    const [general] = chats.body.chats;
    if (workspace === undefined || general === undefined) throw new Error('A new user has no workspace or no channel');
    return new Person(registered.body, password, workspace.id, general.id);
  }

  get id(): number {
    return this.login.user.id;
  }

  call<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<Body>> {
    return http<Body>(method, path, { token: this.login.token, body, ...(headers === undefined ? {} : { headers }) });
  }

  /** The body of a call that must succeed. */
  async ok<Body = unknown>(method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await this.call<Body>(method, path, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Invites another person into this one's workspace and accepts for them. */
  async admit(other: Person, role: 'admin' | 'member' | 'guest' = 'member'): Promise<void> {
    const invite = await this.ok<{ invite_code: string }>('POST', `/api/workspaces/${this.workspaceId}/invites`, {
      role,
    });
    await other.ok('POST', `/api/invites/${invite.invite_code}/accept`);
  }

  createChannel(name = `c-${randomUUID().slice(0, 8)}`, more: object = {}): Promise<Chat> {
    return this.ok<Chat>('POST', '/api/chats', { workspace_id: this.workspaceId, name, type: 'channel', ...more });
  }
}
