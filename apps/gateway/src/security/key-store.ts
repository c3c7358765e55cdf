import { Injectable } from '@nestjs/common';
import { importJWK } from 'jose';
import { Bus } from '#bus/bus.js';
import { authRpc, type Jwks } from '#contracts/auth.contract.js';
import { FechatterError } from '#contracts/error.js';

type VerifyKey = Awaited<ReturnType<typeof importJWK>>;

const freshMs = 60_000;
const pauseMs = 3_000;

/**
 * The public keys of auth by `kid`, and nothing else: what a token says of its own keys is never looked at. Loaded when
 * first needed, once a minute, and when a token names an unknown key, though not more often than every few seconds.
 */
@Injectable()
export class KeyStore {
  private keys = new Map<string, VerifyKey>();
  private jwks: Jwks = { keys: [] };
  private loadedAt = -Infinity;
  private triedAt = -Infinity;
  private loading: Promise<void> | undefined;

  constructor(private readonly bus: Bus) {}

  /** The key of that name, or undefined. Throws UNAVAILABLE while no key was ever loaded. */
  async find(kid: string): Promise<VerifyKey | undefined> {
    const age = performance.now() - this.loadedAt;
    if (this.keys.size === 0) await this.load();
    else if (!this.keys.has(kid) && performance.now() - this.triedAt > pauseMs)
      await this.load().catch(() => undefined);
    else if (age > freshMs && performance.now() - this.triedAt > pauseMs) void this.load().catch(() => undefined);
    return this.keys.get(kid);
  }

  /** The keys as `/.well-known/jwks.json` shows them. */
  async published(): Promise<Jwks> {
    if (performance.now() - this.loadedAt > pauseMs) await this.load();
    return this.jwks;
  }

  private load(): Promise<void> {
    this.triedAt = performance.now();
    this.loading ??= this.fetch().finally(() => (this.loading = undefined));
    return this.loading;
  }

  private async fetch(): Promise<void> {
    const jwks = await this.bus.call(authRpc.listKeys, {}, { as: { kind: 'anyone' } });
    if (jwks.keys.length === 0) throw new FechatterError('UNAVAILABLE', undefined, { retryAfterSeconds: 1 });
    const imported = jwks.keys.map(async (jwk) => [jwk.kid, await importJWK(jwk, 'EdDSA')] as const);
    this.keys = new Map(await Promise.all(imported));
    this.jwks = jwks;
    this.loadedAt = performance.now();
  }
}
