import { exportJWK, generateKeyPair, SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose';
import type { Bus } from '#bus/bus.js';
import { authRpc, type Jwks, type Revocation } from '#contracts/auth.contract.js';

type Key = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** What auth says to gateways, under keys that a spec holds itself, so that it can also sign what auth never would. */
export class Issuer {
  readonly revocations: Revocation[] = [];
  private constructor(
    readonly privateKey: Key,
    readonly publicKey: Key,
    private readonly keys: Jwks['keys'],
  ) {}

  static async on(bus: Bus): Promise<Issuer> {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
    const issuer = new Issuer(privateKey, publicKey, []);
    await issuer.publish(publicKey, 'key-1');
    bus.serve(authRpc.listKeys, async () => issuer.jwks, { queue: 'auth' });
    bus.serve(authRpc.listRevocations, async ({ after = 0 }) => issuer.revocationsAfter(after), { queue: 'auth' });
    return issuer;
  }

  get jwks(): Jwks {
    return { keys: [...this.keys] };
  }

  async publish(publicKey: Key, kid: string): Promise<void> {
    const { kty = '', crv = '', x = '' } = await exportJWK(publicKey);
    this.keys.push({ kty, crv, x, kid, alg: 'EdDSA', use: 'sig' });
  }

  /** A token as auth signs it, save for what is given. `undefined` takes a claim away. */
  async sign(
    payload: JWTPayload = {},
    header: Partial<JWTHeaderParameters> = {},
    key = this.privateKey,
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: 'fechatter', aud: 'fechatter', sub: '7', sid: 70, iat: now, exp: now + 600, ...payload };
    return new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'key-1', ...header }).sign(key);
  }

  revoke(userId: number, sessionId: number): Revocation {
    const revocation = { id: this.revocations.length + 1, user_id: userId, session_id: sessionId };
    this.revocations.push(revocation);
    return revocation;
  }

  private revocationsAfter(after: number): { revocations: Revocation[]; last_id: number } {
    return { revocations: this.revocations.filter(({ id }) => id > after), last_id: this.revocations.length };
  }
}
