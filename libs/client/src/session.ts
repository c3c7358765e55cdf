import type { z } from 'zod';
import type { Login, LoginBody, RegisterBody } from '#contracts/auth.contract.js';
import { FechatterError } from '#contracts/error.js';
import { authApi } from '#contracts/http/auth.routes.js';
import { Backoff } from './backoff.js';
import { Pause, type Clock } from './clock.js';
import { Emitter } from './emitter.js';
import type { Http } from './http.js';
import { readJson, type KeyValueStorage } from './storage.js';

const storageKey = 'fechatter.session';
/** The server repeats an answer to a refresh that was lost for ten seconds: tries follow each other quickly. */
const mostTries = 4;
const firstRetryMs = 1_000;
/** The part of a token's life after which it is renewed. */
const renewAfter = 0.8;
/** For a token that is over already by a clock that runs ahead of the server's. */
const shortestLifeMs = 60_000;

interface Kept {
  readonly login: Login;
  /** When a new access token is due, in epoch milliseconds. */
  readonly renewAt: number;
}

interface SessionEvents {
  ended: FechatterError;
}

/** Who is signed in. Access tokens are renewed before they expire, or when the server refuses one. */
export class Session {
  private readonly events = new Emitter<SessionEvents>();
  readonly on = this.events.on.bind(this.events);
  private kept: Kept | undefined;
  private renewing: Promise<string> | undefined;

  constructor(
    private readonly http: Http,
    private readonly storage: KeyValueStorage,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {
    this.kept = this.stored();
  }

  get user(): Login['user'] | undefined {
    return this.kept?.login.user;
  }

  async register(body: z.input<typeof RegisterBody>): Promise<Login> {
    return this.keep(await this.http.call(authApi.register, undefined, undefined, { body }));
  }

  async login(body: z.input<typeof LoginBody>): Promise<Login> {
    return this.keep(await this.http.call(authApi.login, undefined, undefined, { body }));
  }

  /** Ends the session here and on the server; here also when the server does not answer. */
  async logout(): Promise<void> {
    const { kept } = this;
    if (kept === undefined) return;
    try {
      await this.http.call(authApi.logout, await this.token(), undefined);
    } finally {
      this.end(new FechatterError('UNAUTHORIZED', 'You have signed out.'));
    }
  }

  /** Milliseconds until a new token is due. */
  get dueInMs(): number {
    return Math.max(0, (this.kept?.renewAt ?? 0) - this.clock.now());
  }

  /** A token that is good for a while. UNAUTHORIZED when nobody is signed in, UNAVAILABLE when it cannot be renewed now. */
  async token(): Promise<string> {
    if (this.kept === undefined) throw new FechatterError('UNAUTHORIZED');
    return this.dueInMs === 0 ? this.renew(this.kept.login.token) : this.kept.login.token;
  }

  /** The token after `refused`, which the server does not take. All who ask at once get the same. */
  async renew(refused: string): Promise<string> {
    const { kept } = this;
    if (kept !== undefined && kept.login.token !== refused) return kept.login.token;
    this.renewing ??= this.refresh().finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  /** Does a call under the token, once more under a new one when it is refused. */
  async authorized<Result>(call: (token: string) => Promise<Result>): Promise<Result> {
    const token = await this.token();
    try {
      return await call(token);
    } catch (error) {
      if (!(error instanceof FechatterError) || error.code !== 'UNAUTHORIZED') throw error;
      return call(await this.renew(token));
    }
  }

  /** The server has ended the session, or the user has. */
  end(reason: FechatterError): void {
    if (this.kept === undefined) return;
    this.kept = undefined;
    this.storage.removeItem(storageKey);
    this.events.emit('ended', reason);
  }

  private async refresh(): Promise<string> {
    const { kept } = this;
    if (kept === undefined) throw new FechatterError('UNAUTHORIZED');
    // Another tab with the same storage may have been here first; a refresh token is good for one.
    const stored = this.stored();
    if (stored !== undefined && isSuccessor(stored, kept)) {
      this.kept = stored;
      return stored.login.token;
    }
    try {
      const login = await this.spend(kept.login.refresh_token);
      // Who has signed out meanwhile stays so.
      if (this.kept !== kept) return await this.token();
      return this.keep(login).token;
    } catch (error) {
      if (this.kept === kept && error instanceof FechatterError && error.code === 'UNAUTHORIZED') this.end(error);
      throw error;
    }
  }

  private async spend(refreshToken: string): Promise<Login> {
    const backoff = new Backoff(firstRetryMs, this.random);
    for (let tries = 1; ; tries += 1) {
      try {
        const input = { body: { refresh_token: refreshToken } };
        return await this.http.call(authApi.refresh, undefined, undefined, input);
      } catch (error) {
        const isPassing = error instanceof FechatterError && error.code === 'UNAVAILABLE';
        if (!isPassing || tries === mostTries) throw error;
      }
      await new Pause(this.clock).wait(backoff.next());
    }
  }

  private keep(login: Login): Login {
    const now = this.clock.now();
    const left = Date.parse(login.expires_at) - now;
    this.kept = { login, renewAt: now + (left > 0 ? left * renewAfter : shortestLifeMs) };
    this.storage.setItem(storageKey, JSON.stringify(this.kept));
    return login;
  }

  private stored(): Kept | undefined {
    return readJson(this.storage, storageKey) as Kept | undefined;
  }
}

function isSuccessor(stored: Kept, kept: Kept): boolean {
  const isOther = stored.login.refresh_token !== kept.login.refresh_token;
  return isOther && stored.login.user.id === kept.login.user.id && stored.renewAt > kept.renewAt;
}
