import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authRpc } from '#contracts/auth.contract.js';
import { logRpc } from '#contracts/log.contract.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { range } from '#testing/range.js';
import { startGateway, type TestGateway } from '../../gateway.fixture.js';
import { Socket } from '../realtime.fixture.js';

const [here, there] = ['2001:db8:1:2::7', '192.0.2.8'];
const most = { everywhere: 6, ofAddress: 4 };

let gateway: TestGateway;
/** Opens when auth answers for tickets. */
const auth = gate();

beforeAll(async () => {
  gateway = await startGateway({
    TRUST_PROXY: '127.0.0.1',
    LIMIT_SIGNING_IN: String(most.everywhere),
    LIMIT_SIGNING_IN_PER_ADDRESS: String(most.ofAddress),
  });
  gateway.bus.serve(
    authRpc.redeemTicket,
    async () => {
      await auth.opened;
      return { user_id: 9, session_id: 9, expires_at: Math.floor(Date.now() / 1_000) + 600 };
    },
    { queue: 'auth' },
  );
  gateway.bus.serve(
    logRpc.places,
    async ({ user_ids }) => ({ users: user_ids.map((user_id) => ({ user_id, version: 0, places: [] })), epoch: 1 }),
    { queue: 'message' },
  );
});

afterAll(() => gateway.close());

function open(address: string, query = ''): Promise<Socket> {
  return Socket.open(`${gateway.url.replace('http', 'ws')}/ws${query}`, { 'x-forwarded-for': address });
}

/** A socket that was let in, when there is room again. */
function whenRoom(address: string): Promise<Socket> {
  return eventually(async () => {
    const socket = await open(address);
    return socket.refused === undefined && socket;
  });
}

describe('WebSockets that have not signed in', () => {
  it('are so many from an address, a /64 being one, and so many in all; who has signed in or left does not count', async () => {
    const mine = await Promise.all([
      ...range(1, most.ofAddress - 1).map((n) => open(`2001:db8:1:2::${n}`)),
      open(here, '?ticket=slow'),
    ]);
    const refused = await open(here);
    expect([refused.refused, refused.retryAfter]).toEqual([429, '5']);
    const others = await Promise.all(range(1, most.everywhere - most.ofAddress).map(() => open(there)));
    expect([...mine, ...others].map((socket) => socket.refused)).toEqual(
      range(1, most.everywhere).map(() => undefined),
    );
    const late = await open(there);
    expect([late.refused, Number(late.retryAfter) > 0]).toEqual([503, true]);

    mine[0]?.send({ type: 'auth', token: gateway.token });
    await mine[0]?.next(({ type }) => type === 'ready');
    const next = await whenRoom(here);
    expect((await open(here)).refused).toBe(429);
    next.socket.terminate();
    const last = await whenRoom(here);
    expect((await open(here)).refused).toBe(429);
    auth.open();
    await mine.at(-1)?.next(({ type }) => type === 'ready');
    for (const { socket } of [await whenRoom(here), last, ...mine, ...others]) socket.terminate();
  });

  it('are cut off when they neither speak nor answer the close', async () => {
    const silent = connect(gateway.port, '127.0.0.1');
    const key = Buffer.alloc(16).toString('base64');
    const head = ['GET /ws HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket'];
    silent.write(`${[...head, `Sec-WebSocket-Key: ${key}`, 'Sec-WebSocket-Version: 13'].join('\r\n')}\r\n\r\n`);
    silent.resume();
    await eventually(() => silent.destroyed, 'the socket is cut', 15_000);
  });
});
