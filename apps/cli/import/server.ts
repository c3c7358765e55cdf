import type { Login } from '#contracts/auth.contract.js';
import type { ImportResult } from '#contracts/import.contract.js';

const timeoutMs = 120_000;

/** The answer to an import request: done, worth another try, or refused for good. */
export type ImportAnswer = { result: ImportResult } | { again: boolean; reason: string };

/** The HTTP interface of a Fechatter server, as far as an import needs it; renews its token by itself. */
export class Server {
  private constructor(
    private readonly url: string,
    private readonly email: string,
    private readonly password: string,
    private token: string,
  ) {}

  static async signIn(url: string, email: string, password: string): Promise<Server> {
    const server = new Server(url, email, password, '');
    await server.renew();
    return server;
  }

  /** The workspace that was asked for, or the first that the user owns. */
  async workspace(wanted: string | undefined): Promise<number> {
    const response = await this.request('GET', '/api/workspaces');
    const { workspaces } = (await response.json()) as { workspaces: { id: number; role: string }[] };
    const owned = workspaces.filter(({ role }) => role === 'owner');
    const found = wanted === undefined ? owned[0] : owned.find(({ id }) => id === Number(wanted));
    if (found === undefined)
      throw new Error(
        `You own no workspace${wanted === undefined ? '' : ` with id ${wanted}`}: only owners may import.`,
      );
    return found.id;
  }

  async import(workspace: number, body: string): Promise<ImportAnswer> {
    try {
      const response = await this.request('POST', `/api/workspaces/${workspace}/import`, body);
      if (response.ok) return { result: (await response.json()) as ImportResult };
      if (response.status === 401) {
        await this.renew();
        return { again: true, reason: 'The session has ended.' };
      }
      const reason = `The server answered ${response.status}: ${(await response.text()).slice(0, 500)}`;
      return { again: response.status === 429 || response.status >= 500, reason };
    } catch (error) {
      return { again: true, reason: `The server cannot be reached: ${describe(error)}` };
    }
  }

  private async renew(): Promise<void> {
    const body = JSON.stringify({ email: this.email, password: this.password });
    const response = await this.request('POST', '/api/auth/login', body).catch((error: unknown) => {
      throw new Error(`No server answers at ${this.url}: ${describe(error)}. Is it running? (npm start)`);
    });
    if (!response.ok) throw new Error(`Signing in failed (${response.status}). Check --email and --password.`);
    this.token = ((await response.json()) as Login).token;
  }

  private request(method: string, path: string, body?: string): Promise<Response> {
    const kind = path.endsWith('/import') ? 'application/x-ndjson' : 'application/json';
    return fetch(new URL(path, this.url), {
      method,
      headers: {
        ...(this.token === '' ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': kind }),
      },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(timeoutMs),
    });
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
