import type { z } from 'zod';
import type { Login, LoginBody, RegisterBody } from '#contracts/auth.contract.js';
import { FechatterError } from '#contracts/error.js';
import { authApi } from '#contracts/http/auth.routes.js';
import { Pause, type Clock } from './clock.js';
import { Emitter } from './emitter.js';
import type { Http } from './http.js';
import { readJson, type KeyValueStorage } from './storage.js';

const storageKey = 'fechatter.session';
/**
 * How long each try of a refresh waits for its answer. For ten seconds auth gives a spent token its successor again, and
 * ends the session after that: the last try begins before.
 */
const triesMs = [3_000, 3_000, 20_000];
const longestRetryMs = 300;
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
    return this.signIn(await this.http.call(authApi.register, undefined, undefined, { body }));
  }

  async login(body: z.input<typeof LoginBody>): Promise<Login> {
    return this.signIn(await this.http.call(authApi.login, undefined, undefined, { body }));
  }

  /** Ends the session here and on the server; here also when the server does not answer. */
  async logout(): Promise<void> {
    const { kept } = this;
    if (kept === undefined) return;
    try {
      await this.http.call(authApi.logout, await this.token(), undefined);
    } finally {
      // Not whoever has signed in while the server was asked.
      if (this.user?.id === kept.login.user.id) this.end(new FechatterError('UNAUTHORIZED', 'You have signed out.'));
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

  /**
   * The token after `refused`, which the server does not take from this user. All who ask at once get the same.
   * UNAUTHORIZED once it is not the one who is signed in.
   */
  async renew(refused: string, userId = this.user?.id): Promise<string> {
    const { kept } = this;
    if (kept === undefined || kept.login.user.id !== userId) throw new FechatterError('UNAUTHORIZED');
    if (kept.login.token !== refused) return kept.login.token;
    if (this.renewing === undefined) {
      const flight = this.refresh(kept).finally(() => {
        if (this.renewing === flight) this.renewing = undefined;
      });
      this.renewing = flight;
    }
    return this.renewing;
  }

  /** Does a call under the token, once more under a new one of the same user when it is refused. */
  async authorized<Result>(call: (token: string) => Promise<Result>): Promise<Result> {
    const userId = this.user?.id;
    const token = await this.token();
    try {
      return await call(token);
    } catch (error) {
      if (!(error instanceof FechatterError) || error.code !== 'UNAUTHORIZED') throw error;
      return call(await this.renew(token, userId));
    }
  }

  /** The server has ended the session, or the user has. */
  end(reason: FechatterError): void {
    if (this.kept === undefined) return;
    this.kept = undefined;
    this.renewing = undefined;
    this.storage.removeItem(storageKey);
    this.events.emit('ended', reason);
  }

  private signIn(login: Login): Login {
    this.renewing = undefined;
    return this.keep(this.beginning(login)).login;
  }

  private async refresh(kept: Kept): Promise<string> {
    try {
      const next = await this.successor(kept);
      // A user who has signed out meanwhile stays signed out.
      if (this.kept !== kept) return await this.renew(kept.login.token, kept.login.user.id);
      return this.keep(next).login.token;
    } catch (error) {
      if (this.kept === kept && error instanceof FechatterError && error.code === 'UNAUTHORIZED') this.end(error);
      throw error;
    }
  }

  /** What follows, from the server or from another tab with the same storage: a refresh token is good for one. */
  private async successor(kept: Kept): Promise<Kept> {
    let failure: unknown;
    for (const timeoutMs of triesMs) {
      if (failure !== undefined) await new Pause(this.clock).wait(this.random() * longestRetryMs);
      const stored = this.stored();
      if (stored !== undefined && isSuccessor(stored, kept)) return stored;
      if (this.kept !== kept) break;
      try {
        return this.beginning(await this.spend(kept.login.refresh_token, timeoutMs));
      } catch (error) {
        if (!(error instanceof FechatterError) || error.code !== 'UNAVAILABLE') throw error;
        failure = error;
      }
    }
    throw failure;
  }

  private async spend(refreshToken: string, timeoutMs: number): Promise<Login> {
    const timeout = new AbortController();
    const cancel = this.clock.after(timeoutMs, () => timeout.abort(new DOMException('No answer', 'TimeoutError')));
    try {
      const input = { body: { refresh_token: refreshToken } };
      return await this.http.call(authApi.refresh, undefined, timeout.signal, input);
    } finally {
      cancel();
    }
  }

  /** A login that has come now. */
  private beginning(login: Login): Kept {
    const now = this.clock.now();
    const left = Date.parse(login.expires_at) - now;
    return { login, renewAt: now + (left > 0 ? left * renewAfter : shortestLifeMs) };
  }

  private keep(kept: Kept): Kept {
    this.kept = kept;
    try {
      this.storage.setItem(storageKey, JSON.stringify(kept));
    } catch {
      // It is full: the session lives on here. What it has is spent, and would end the session of whoever uses it.
      this.storage.removeItem(storageKey);
    }
    return kept;
  }

  private stored(): Kept | undefined {
    return readJson(this.storage, storageKey) as Kept | undefined;
  }
}

function isSuccessor(stored: Kept, kept: Kept): boolean {
  const isOther = stored.login.refresh_token !== kept.login.refresh_token;
  return isOther && stored.login.user.id === kept.login.user.id && stored.renewAt > kept.renewAt;
}
