import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authRpc } from '#contracts/auth.contract.js';
import { logRpc } from '#contracts/log.contract.js';
import { eventually } from '#testing/eventually.js';
import { range } from '#testing/range.js';
import { startGateway, type TestGateway } from '../../gateway.fixture.js';
import { Socket } from '../realtime.fixture.js';

const atOnce = 60;

let gateway: TestGateway;
/** The users of each call that the message service has not answered yet. */
const asked: { userIds: readonly number[]; answer: () => void }[] = [];
let isOpen = false;

beforeAll(async () => {
  gateway = await startGateway({ LIMIT_CONNECTING: String(atOnce) });
  const expires_at = Math.floor(Date.now() / 1_000) + 600;
  const redeem = async ({ ticket }: { ticket: string }) => ({ user_id: Number(ticket), session_id: 1, expires_at });
  gateway.bus.serve(authRpc.redeemTicket, redeem, { queue: 'auth' });
  gateway.bus.serve(
    logRpc.places,
    async ({ user_ids }) => {
      if (!isOpen) await new Promise<void>((answer) => asked.push({ userIds: user_ids, answer }));
      return { users: user_ids.map((user_id) => ({ user_id, version: 0, places: [] })), epoch: 1 };
    },
    { queue: 'message' },
  );
});

afterAll(() => gateway.close());

function open(userId: number): Promise<Socket> {
  return Socket.open(`${gateway.url.replace('http', 'ws')}/ws?ticket=${userId}`, {});
}

describe('When very many connect at once', () => {
  it('few calls are made, the others are asked to come later, and all who were let in are served', async () => {
    const early = await Socket.open(`${gateway.url.replace('http', 'ws')}/ws`, {});
    const sockets = await Promise.all(range(1, atOnce).map(open));
    await eventually(() => asked.length === 2);
    const late = await fetch(`${gateway.url}/api/events?ticket=900`);
    expect([late.status, Number(late.headers.get('retry-after')) > 0]).toEqual([503, true]);
    const refused = await open(902);
    expect([refused.refused, Number(refused.retryAfter) > 0]).toEqual([503, true]);
    early.send({ type: 'auth', token: gateway.token });
    const { code, reason } = await early.untilClosed();
    expect([code, (JSON.parse(reason) as { retry_after_ms: number }).retry_after_ms >= 1_000]).toEqual([1012, true]);
    expect(sockets.flatMap(({ frames }) => frames)).toEqual([]);
    isOpen = true;
    for (const { answer } of asked) answer();
    await Promise.all(sockets.map((socket) => socket.next(({ type }) => type === 'ready')));
    expect(Math.max(...asked.map(({ userIds }) => userIds.length))).toBeLessThanOrEqual(50);
    expect((await (await open(903)).next(({ type }) => type === 'ready')).data['user_id']).toBe(903);
    for (const { socket } of sockets) socket.close();
  });
});
