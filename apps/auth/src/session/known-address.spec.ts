import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authRpc } from '#contracts/auth.contract.js';
import { asService } from '#testing/caller.js';
import { anyone, callerOf, client, password, refusal, register, startAuth, type AuthHouse } from '../auth.fixture.js';

let auth: AuthHouse;

beforeAll(async () => {
  auth = await startAuth();
});

afterAll(() => auth.close());

async function isKnown(email: string, address: string): Promise<boolean> {
  const request = { email, address };
  return (await auth.house.bus.call(authRpc.isKnownAddress, request, { as: asService('gateway') })).is_known;
}

describe('An address', () => {
  it('is known to an account that is signed in from there, and no longer', async () => {
    const first = await register(auth, 'anna');
    await register(auth, 'berta');
    expect(await isKnown('anna@example.com', client.address)).toBe(true);
    expect(await isKnown('ANNA@Example.com', `::ffff:${client.address}`)).toBe(true);
    expect(await isKnown('anna@example.com', '192.0.2.8')).toBe(false);
    expect(await isKnown('nobody@example.com', client.address)).toBe(false);
    await auth.house.bus.call(authRpc.logout, {}, { as: callerOf(first) });
    expect(await isKnown('anna@example.com', client.address)).toBe(false);
    expect(await isKnown('berta@example.com', client.address)).toBe(true);
  });

  it('is known within the network of an IPv6 customer', async () => {
    const request = { email: 'carla@example.com', username: 'carla', password };
    const from = { ...client, address: '2001:db8:1:2::7' };
    await auth.house.bus.call(authRpc.register, { ...request, client: from }, { as: anyone, timeoutMs: 14_000 });
    expect(await isKnown('carla@example.com', '2001:db8:1:2:9::1')).toBe(true);
    expect(await isKnown('carla@example.com', '2001:db8:1:3::7')).toBe(false);
  });

  it('is nothing that anybody may ask about', async () => {
    const request = { email: 'anna@example.com', address: client.address };
    const error = await refusal(auth.house.bus.call(authRpc.isKnownAddress, request, { as: anyone }));
    expect(error.code).toBe('UNAUTHORIZED');
  });
});
