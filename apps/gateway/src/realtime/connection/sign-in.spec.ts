import { afterEach, describe, expect, it } from '@jest/globals';
import { authRpc } from '#contracts/auth.contract.js';
import { FechatterError } from '#contracts/error.js';
import { logRpc } from '#contracts/log.contract.js';
import { eventually } from '#testing/eventually.js';
import { range } from '#testing/range.js';
import { startGateway, type TestGateway } from '../../gateway.fixture.js';
import { Socket } from '../realtime.fixture.js';
import { Stream } from '../transport/stream.fixture.js';

const most = 4;

let gateway: TestGateway;
/** Tickets that auth was asked for. */
let redeemed: string[];

async function start(): Promise<void> {
  gateway = await startGateway({ LIMIT_REQUESTS_PER_MINUTE: String(most), TRUST_PROXY: '127.0.0.1' });
  redeemed = [];
  gateway.bus.serve(
    authRpc.redeemTicket,
    async ({ ticket }) => {
      redeemed.push(ticket);
      const user_id = Number(ticket);
      if (Number.isNaN(user_id)) throw new FechatterError('UNAUTHORIZED');
      return { user_id, session_id: user_id, expires_at: Math.floor(Date.now() / 1_000) + 600 };
    },
    { queue: 'auth' },
  );
  gateway.bus.serve(
    logRpc.places,
    async ({ user_ids }) => ({ users: user_ids.map((user_id) => ({ user_id, version: 0, places: [] })), epoch: 1 }),
    { queue: 'message' },
  );
}

afterEach(() => gateway.close());

function socket(ticket?: string, address = '192.0.2.1'): Promise<Socket> {
  const query = ticket === undefined ? '' : `?ticket=${ticket}`;
  return Socket.open(`${gateway.url.replace('http', 'ws')}/ws${query}`, { 'x-forwarded-for': address });
}

function stream(ticket: string, address = '192.0.2.1'): Promise<Response> {
  return fetch(`${gateway.url}/api/events?ticket=${ticket}`, { headers: { 'x-forwarded-for': address } });
}

async function expectLimited(refused: Response): Promise<void> {
  expect(refused.status).toBe(429);
  expect(await refused.json()).toMatchObject({ error: { code: 'RATE_LIMITED' } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused.headers.get('x-ratelimit-limit')).toBe(String(most));
}

describe('Opening a realtime connection', () => {
  it('is a request of the user, on either transport', async () => {
    await start();
    const authorization = { authorization: `Bearer ${gateway.token}` };
    const streams = range(1, most - 1).map(() => new Stream(gateway.url, '', authorization));
    await eventually(() => streams.every(({ status }) => status === 200));
    const [good, tooMany] = [await socket(), await socket()];
    good.send({ type: 'auth', token: gateway.token });
    await good.next(({ type }) => type === 'ready');
    tooMany.send({ type: 'auth', token: gateway.token });
    expect((await tooMany.untilClosed()).code).toBe(4029);
    await expectLimited(await fetch(`${gateway.url}/api/events`, { headers: authorization }));
    for (const each of streams) each.close();
    good.socket.close();
  });

  it('with a ticket is one of the address too, before auth is asked', async () => {
    await start();
    for (const number of range(1, most / 2)) {
      expect((await stream(`guess${number}`)).status).toBe(401);
      expect((await (await socket(`try${number}`)).untilClosed()).code).toBe(4001);
    }
    await expectLimited(await stream('7'));
    expect((await (await socket('7')).untilClosed()).code).toBe(4029);
    expect(redeemed).toHaveLength(most);
    const elsewhere = await socket('7', '192.0.2.2');
    await elsewhere.next(({ type }) => type === 'ready');
    elsewhere.socket.close();
  });
});
