import { randomUUID } from 'node:crypto';

interface Login {
  readonly token: string;
  readonly user: { readonly id: number; readonly username: string };
}

/** Somebody who uses the server that is measured. */
export class Person {
  private constructor(
    private readonly url: string,
    private readonly email: string,
    private readonly password: string,
    private login: Login,
    readonly workspaceId: number,
    readonly generalId: number,
  ) {}

  static async register(url: string, name: string): Promise<Person> {
    const username = `${name}-${randomUUID().slice(0, 8)}`;
    const [email, password] = [`${username}@example.com`, `long enough ${randomUUID()}`];
    const login = await call<Login>(url, 'POST', '/api/auth/register', undefined, { email, username, password });
    const { workspaces } = await call<{ workspaces: { id: number }[] }>(url, 'GET', '/api/workspaces', login.token);
    const { chats } = await call<{ chats: { id: number }[] }>(url, 'GET', '/api/chats', login.token);
    const [workspace, general] = [workspaces[0], chats[0]];
    if (workspace === undefined || general === undefined) throw new Error('A new user has no workspace or no channel');
    return new Person(url, email, password, login, workspace.id, general.id);
  }

  get id(): number {
    return this.login.user.id;
  }

  /** The access token of the last sign-in; it lives for ten minutes. */
  get token(): string {
    return this.login.token;
  }

  async signInAgain(): Promise<void> {
    const { email, password } = this;
    this.login = await call<Login>(this.url, 'POST', '/api/auth/login', undefined, { email, password });
  }

  /** The body of a call that must succeed. */
  call<Body>(method: string, path: string, body?: object): Promise<Body> {
    return call<Body>(this.url, method, path, this.token, body);
  }

  /** The status of a call that may fail. */
  async statusOf(method: string, path: string, body?: object): Promise<number> {
    return (await request(this.url, method, path, this.token, body)).status;
  }

  /** Brings another person into this one's workspace. */
  async admit(other: Person): Promise<void> {
    const path = `/api/workspaces/${this.workspaceId}/invites`;
    const { invite_code } = await this.call<{ invite_code: string }>('POST', path, { role: 'member' });
    await other.call('POST', `/api/invites/${invite_code}/accept`);
  }

  /** A channel of this one's workspace with these members. */
  async createChannel(name: string, members: readonly Person[]): Promise<number> {
    const others = members.filter((member) => member !== this).map(({ id }) => id);
    const body = { workspace_id: this.workspaceId, name, type: 'channel', member_ids: others };
    return (await this.call<{ id: number }>('POST', '/api/chats', body)).id;
  }
}

async function call<Body>(url: string, method: string, path: string, token?: string, body?: object): Promise<Body> {
  const response = await request(url, method, path, token, body);
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? null : JSON.parse(text)) as Body;
}

function request(url: string, method: string, path: string, token?: string, body?: object): Promise<Response> {
  return fetch(new URL(path, url), {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
}
