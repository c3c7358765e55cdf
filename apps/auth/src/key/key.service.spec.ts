import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { authRpc, type Login } from '#contracts/auth.contract.js';
import { sql } from '#database/statement.js';
import { eventually } from '#testing/eventually.js';
import { anyone, login, register, runReplica, startAuth, type AuthHouse } from '../auth.fixture.js';
import type { SigningKeyEntity } from './signing-key.entity.js';

const all = sql('spec.key.all', 'SELECT * FROM auth.signing_keys ORDER BY signs_from');
const age = sql(
  'spec.key.age',
  'UPDATE auth.signing_keys SET signs_from = signs_from - make_interval(secs => $1) RETURNING kid',
);

const periods = { signing: 10_000, notice: 3 };
const env = { SIGNING_KEY_SECONDS: String(periods.signing), SIGNING_KEY_NOTICE_SECONDS: String(periods.notice) };
const kidOf = ({ token }: Login) => decodeProtectedHeader(token).kid;

describe('KeyService', () => {
  let auth: AuthHouse;

  beforeAll(async () => {
    auth = await startAuth(env);
    await register(auth, 'anna');
  });
  afterAll(async () => auth.close());

  const signIn = () => login(auth, 'anna@example.com');
  const published = () => auth.house.bus.call(authRpc.listKeys, {}, { as: anyone });
  const verify = async (token: string) => {
    const options = { algorithms: ['EdDSA'], issuer: 'fechatter', audience: 'fechatter', typ: 'at+jwt' };
    return jwtVerify(token, createLocalJWKSet(await published()), options);
  };

  it('signs tokens that name user and session, under a published key', async () => {
    const session = await signIn();
    const { payload, protectedHeader } = await verify(session.token);
    expect(payload).toEqual({
      iss: 'fechatter',
      aud: 'fechatter',
      sub: String(session.user.id),
      sid: expect.any(Number),
      iat: expect.any(Number),
      exp: (payload.iat ?? 0) + 600,
    });
    expect(new Date((payload.exp ?? 0) * 1000).toISOString()).toBe(session.expires_at);
    const { keys } = await published();
    expect(keys.map((key) => key.kid)).toContain(protectedHeader.kid);
  });

  it('publishes no private part, and keeps it sealed', async () => {
    const [key] = (await published()).keys;
    expect(Object.keys(key ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
    const rows = await auth.database.query<SigningKeyEntity>(all);
    expect(rows).not.toHaveLength(0);
    for (const row of rows) expect(row.private_key.toString('latin1')).not.toMatch(/"d"|OKP|Ed25519/);
  });

  it('publishes the next key before it signs, and the last one until its tokens have expired', async () => {
    const before = await signIn();
    const first = kidOf(before);
    await auth.database.query(age, [periods.signing - periods.notice]);
    const [, second] = await eventually(async () => {
      const { keys } = await published();
      return keys.length === 2 && keys;
    });
    expect(kidOf(await signIn())).toBe(first);
    const after = await eventually(async () => {
      const session = await signIn();
      return kidOf(session) === second?.kid && session;
    });
    await runReplica(auth, env);
    expect(await auth.database.query(all)).toMatchObject([{ kid: first }, { kid: second?.kid }]);
    await verify(before.token);
    await verify(after.token);
    await auth.database.query(age, [600 + 121]);
    await runReplica(auth, env);
    expect(await auth.database.query(all)).not.toContainEqual(expect.objectContaining({ kid: first }));
    await eventually(async () => (await published()).keys[0]?.kid === second?.kid);
    await verify(after.token);
    await expect(verify(before.token)).rejects.toThrow('no applicable key');
  });

  it('makes one key however many replicas start at once', async () => {
    const empty = await startAuth();
    try {
      await empty.database.query(sql('spec.key.clear', 'DELETE FROM auth.signing_keys'));
      await Promise.all([1, 2, 3, 4].map(() => runReplica(empty)));
      expect(await empty.database.query(all)).toHaveLength(1);
    } finally {
      await empty.close();
    }
  });

  it('does not start under another secret, and says what to do', async () => {
    const start = runReplica(auth, { FECHATTER_SECRET: 'not the secret of this installation' });
    await expect(start).rejects.toThrow(/FECHATTER_SECRET does not open the signing keys/);
  });
});
