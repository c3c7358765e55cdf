import { generateKeyPair, exportJWK, exportSPKI, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authEvent } from '#contracts/auth.contract.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { eventually } from '#testing/eventually.js';
import { startGateway, userIdOf, type TestGateway } from '../gateway.fixture.js';

let gateway: TestGateway;
let served = 0;

async function statusWith(token: string): Promise<number> {
  const { status } = await gateway.send('GET', '/api/workspaces', { token });
  return status;
}

beforeAll(async () => {
  gateway = await startGateway();
  gateway.bus.serve(
    workspaceRpc.list,
    async (_, { caller }) => {
      served += 1;
      expect(userIdOf(caller)).toBe(7);
      return { workspaces: [] };
    },
    { queue: 'chat' },
  );
});

afterAll(() => gateway.close());

describe('an access token', () => {
  it('lets its user in', async () => {
    expect(await statusWith(gateway.token)).toBe(200);
    expect(served).toBe(1);
  });

  it('is refused when it is forged, for another use, or without what it must say', async () => {
    const { issuer } = gateway;
    const now = Math.floor(Date.now() / 1000);
    const foreign = await generateKeyPair('EdDSA', { extractable: true });
    const foreignJwk = await exportJWK(foreign.publicKey);
    const publicPem = new TextEncoder().encode(await exportSPKI(issuer.publicKey));
    const publicBytes = Buffer.from(issuer.jwks.keys[0]?.x ?? '', 'base64url');
    const claims = { iss: 'fechatter', aud: 'fechatter', sub: '7', sid: 70, iat: now, exp: now + 600 };
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const hs256 = (key: Uint8Array) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'key-1' }).sign(key);
    const unsigned = (alg: string) => `${encode({ alg, typ: 'at+jwt', kid: 'key-1' })}.${encode(claims)}.`;
    const [head = '', body = '', signature = ''] = gateway.token.split('.');
    const forged: Record<string, string> = {
      'alg none': unsigned('none'),
      'alg NoNe': unsigned('NoNe'),
      'no signature': `${head}.${body}.`,
      'a changed body': `${head}.${encode({ ...claims, sub: '8' })}.${signature}`,
      'HS256 with the public key as PEM': await hs256(publicPem),
      'HS256 with the public key as bytes': await hs256(publicBytes),
      'a foreign key': await issuer.sign({}, {}, foreign.privateKey),
      'a key inside the token': await issuer.sign({}, { jwk: foreignJwk }, foreign.privateKey),
      'a key behind a URL': await issuer.sign({}, { jku: 'http://127.0.0.1:1/keys' }, foreign.privateKey),
      'an unknown kid': await issuer.sign({}, { kid: 'key-2' }),
      'a kid that is a path': await issuer.sign({}, { kid: '../key-1' }),
      'no kid': await issuer.sign({}, { kid: undefined as unknown as string }),
      'another typ': await issuer.sign({}, { typ: 'JWT' }),
      'another issuer': await issuer.sign({ iss: 'somebody' }),
      'another audience': await issuer.sign({ aud: 'somebody' }),
      'no expiry': await issuer.sign({ exp: undefined }),
      'an expiry that is text': await issuer.sign({ exp: String(now + 600) as unknown as number }),
      'an expiry in the past': await issuer.sign({ exp: now - 10 }),
      'a beginning in the future': await issuer.sign({ nbf: now + 600 }),
      'no user': await issuer.sign({ sub: undefined }),
      'a user that is none': await issuer.sign({ sub: 'admin' }),
      'no session': await issuer.sign({ sid: undefined }),
      'more than a token can be': `${gateway.token}${'A'.repeat(12_000)}`,
      'two dots': '..',
    };
    const before = served;
    for (const [name, token] of Object.entries(forged)) {
      expect({ name, status: await statusWith(token) }).toEqual({ name, status: 401 });
    }
    expect(served).toBe(before);
  });

  it('is refused in any other place than the Authorization header', async () => {
    for (const path of [`/api/workspaces?token=${gateway.token}`, `/api/workspaces?access_token=${gateway.token}`]) {
      expect((await gateway.send('GET', path)).status).toBe(401);
    }
    for (const value of ['', 'Bearer', `Basic ${gateway.token}`, `Bearer  ${gateway.token}`, gateway.token]) {
      expect((await gateway.send('GET', '/api/workspaces', { headers: { authorization: value } })).status).toBe(401);
    }
  });

  it('is refused as soon as its session has ended, told by the event', async () => {
    const token = await gateway.issuer.sign({ sid: 71 });
    expect(await statusWith(token)).toBe(200);
    gateway.bus.publish(authEvent.revoked, {}, { id: 99, user_id: 7, session_id: 71 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(await statusWith(token)).toBe(401);
    expect(await statusWith(gateway.token)).toBe(200);
  });

  it('is refused within two seconds of the end of its session when the event was lost', async () => {
    const token = await gateway.issuer.sign({ sid: 72 });
    expect(await statusWith(token)).toBe(200);
    gateway.issuer.revoke(7, 72);
    await eventually(async () => (await statusWith(token)) !== 200, 'it is refused', 2_000);
  });

  it('is refused also when auth was restored, and counts ended sessions anew from before', async () => {
    const { issuer } = gateway;
    for (const session of [73, 74]) issuer.revoke(7, session);
    const [before, after] = await Promise.all([issuer.sign({ sid: 74 }), issuer.sign({ sid: 75 })]);
    await eventually(async () => (await statusWith(before)) === 401);
    issuer.revocations.length = 0;
    issuer.revoke(7, 75);
    await eventually(async () => (await statusWith(after)) === 401, 'it is refused', 5_000);
  });

  it('is believed under a new key once auth publishes it', async () => {
    const next = await generateKeyPair('EdDSA', { extractable: true });
    await gateway.issuer.publish(next.publicKey, 'key-9');
    const token = await gateway.issuer.sign({}, { kid: 'key-9' }, next.privateKey);
    await eventually(async () => (await statusWith(token)) === 200);
    expect(await statusWith(gateway.token)).toBe(200);
    const published = await gateway.send('GET', '/.well-known/jwks.json');
    expect(published.json).toEqual(gateway.issuer.jwks);
    expect(published.text).not.toContain('"d"');
  });
});
