import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { importRpc } from '#contracts/import.contract.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { metrics } from '#telemetry/metrics.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { messageApp } from '../../../../message/src/message.app.js';
import { messageDataSource } from '../../../../message/src/message.data-source.js';
import { RealtimeHouse } from '../../realtime/realtime.fixture.js';
import { Stream } from '../../realtime/transport/stream.fixture.js';

const at = '2026-01-31T12:00:00.000Z';
const stats = { member_count: 1, chat_count: 1, message_count: 0 };
const toServices = { queue: 'chat' };

let realtime: RealtimeHouse;
let authorization: string;
/** How often the list of workspaces was asked for; it waits. */
let asked = 0;
let answered = gate();

beforeAll(async () => {
  realtime = await RealtimeHouse.start({ app: messageApp, dataSource: messageDataSource }, { RATE_LIMITS: 'off' });
  authorization = `Bearer ${await realtime.token(1)}`;
  const { bus } = realtime.house;
  const workspace = { id: 4, name: 'w', role: 'owner' as const, created_at: at, updated_at: at, stats };
  bus.serve(workspaceRpc.get, async () => workspace, toServices);
  bus.serve(importRpc.lines, async () => ({ imported: 1, skipped: 0, refused: [] }), toServices);
  bus.serve(
    workspaceRpc.list,
    async () => {
      asked++;
      await answered.opened;
      return { workspaces: [] };
    },
    toServices,
  );
});

afterAll(() => realtime.close());

/** How many requests of a path were counted, by status, and how many of them with their time. */
async function counted(method: string, path: string): Promise<{ statuses: Record<string, number>; timed: number }> {
  const text = await metrics.metrics();
  const labels = `method="${method}",path="${path}"`;
  const answers = text.matchAll(new RegExp(`^http_requests_total\\{${labels},status="(\\d+)"\\} (\\d+)$`, 'gm'));
  const durations = new RegExp(`^http_request_duration_seconds_count\\{${labels}\\} (\\d+)$`, 'm').exec(text);
  return {
    statuses: Object.fromEntries([...answers].map(([, status = '', count]) => [status, Number(count)] as const)),
    timed: Number(durations?.[1] ?? 0),
  };
}

async function expectCounted(
  method: string,
  path: string,
  statuses: Record<string, number>,
  timed: number,
): Promise<void> {
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, count) => all + count, 0);
  const isThere = async () => sum((await counted(method, path)).statuses) >= sum(statuses);
  await eventually(isThere, `${path} is counted`);
  expect(await counted(method, path)).toEqual({ statuses, timed });
}

describe('A stream', () => {
  it('of events is counted once it has ended, by whichever side, but its length is no time of an answer', async () => {
    await realtime.chat(1);
    const left = await Stream.of(realtime, 1);
    left.close();
    await expectCounted('GET', '/api/events', { 200: 1 }, 0);
    const expired = await Stream.of(realtime, 1, '', { authorization: `Bearer ${await shortToken()}` });
    await eventually(() => expired.ended, 'its token has expired');
    await expectCounted('GET', '/api/events', { 200: 2 }, 0);
  });

  it('of lines that are imported takes as long as there are lines', async () => {
    const line = JSON.stringify({ chat: 'ubuntu', sender: 'ann', ts: 1, text: 'hello' });
    const headers = { authorization, 'content-type': 'application/x-ndjson' };
    const answer = await fetch(`${realtime.url}/api/workspaces/4/import`, { method: 'POST', headers, body: line });
    expect(await answer.json()).toMatchObject({ imported: 1 });
    await expectCounted('POST', '/api/workspaces/:id/import', { 200: 1 }, 0);
  });
});

describe('A request that its caller gives up', () => {
  it('while it is worked on is counted once as 499, with its time, also when it is answered later', async () => {
    const client = request(`${realtime.url}/api/workspaces`, { headers: { authorization } }).end();
    client.on('error', () => undefined);
    await eventually(() => asked === 1, 'it is worked on');
    client.destroy();
    await expectCounted('GET', '/api/workspaces', { 499: 1 }, 1);
    answered.open();
    const answer = await fetch(`${realtime.url}/api/workspaces`, { headers: { authorization } });
    expect(answer.status).toBe(200);
    await answer.text();
    await expectCounted('GET', '/api/workspaces', { 200: 1, 499: 1 }, 2);
  });

  it('is counted with those that were sent ahead behind it, and not with the one that was answered before', async () => {
    answered.open();
    const before = await counted('GET', '/api/workspaces');
    const socket = connect(realtime.gateway.port, '127.0.0.1');
    const ask = `GET /api/workspaces HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n\r\n`;
    socket.write(ask);
    await once(socket, 'data');
    answered = gate();
    const known = asked;
    socket.write(ask + ask);
    await eventually(() => asked === known + 2, 'both are worked on');
    socket.destroy();
    const { 200: whole = 0, 499: given = 0 } = before.statuses;
    await expectCounted('GET', '/api/workspaces', { 200: whole + 1, 499: given + 2 }, before.timed + 3);
    answered.open();
  });

  it('while it is still being sent is counted likewise', async () => {
    const socket = connect(realtime.gateway.port, '127.0.0.1');
    const head = ['POST /api/messages HTTP/1.1', 'Host: x', `Authorization: ${authorization}`, 'Content-Length: 99'];
    socket.write(`${head.join('\r\n')}\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n\r\n{`);
    // The gateway has begun with it.
    await once(socket, 'data');
    socket.destroy();
    await expectCounted('POST', '/api/messages', { 499: 1 }, 1);
  });
});

/** Good for two seconds. */
function shortToken(): Promise<string> {
  return realtime.issuer.sign({ sub: '1', sid: 10, exp: Math.floor(Date.now() / 1_000) + 2 });
}
