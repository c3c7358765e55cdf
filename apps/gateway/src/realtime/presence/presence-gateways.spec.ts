import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readConfig } from '#config/config.js';
import { presenceEvent } from '#contracts/presence.contract.js';
import { eventually } from '#testing/eventually.js';
import { range } from '#testing/range.js';
import { messageApp } from '../../../../message/src/message.app.js';
import { messageDataSource } from '../../../../message/src/message.data-source.js';
import { gatewayApp } from '../../gateway.app.js';
import { GatewayConfig } from '../../gateway.config.js';
import { RealtimeHouse, Socket } from '../realtime.fixture.js';
import { WebSocketTransport } from '../transport/websocket.transport.js';

let realtime: RealtimeHouse;

beforeAll(async () => {
  realtime = await RealtimeHouse.start({ app: messageApp, dataSource: messageDataSource }, { RATE_LIMITS: 'off' });
});

afterEach(() => void jest.restoreAllMocks());

afterAll(() => realtime.close());

function presences(socket: Socket, userId: number): unknown[] {
  const updates = socket.frames.filter(({ type, data }) => type === 'presence.update' && data['user_id'] === userId);
  return updates.map(({ data }) => data['status']);
}

async function watcherAt(port: number | undefined, id: number, ...watched: number[]): Promise<Socket> {
  const socket = await Socket.open(`ws://127.0.0.1:${port}/ws`, {});
  socket.send({ type: 'auth', token: await realtime.token(id) });
  await socket.ask({ type: 'presence.watch', user_ids: watched });
  return socket;
}

describe('Presence on several gateways', () => {
  it('is known to one that starts within a second, and over when a gateway vanishes without a word', async () => {
    const { bus } = realtime.house;
    const gateways = new Map<number, string>();
    bus.subscribe(presenceEvent.lease, {}, ({ gateway_id, users }) => {
      for (const { user_id } of users) gateways.set(user_id, gateway_id);
    });
    await realtime.connect(1);
    const first = await eventually(() => gateways.get(1));
    const config = readConfig(GatewayConfig, { NODE_ENV: 'test', PORT: '0', RATE_LIMITS: 'off' });
    const second = await gatewayApp.start({ config, bus, validateReplies: true });
    try {
      const watcher = await watcherAt(second.port, 2, 1);
      await eventually(() => presences(watcher, 1).includes('online'), 'it is told in time', 1_000);
      expect((await eventually(() => gateways.get(2))) === first).toBe(false);
      const publish = bus.publish.bind(bus);
      jest.spyOn(bus, 'publish').mockImplementation((...event: Parameters<typeof publish>) => {
        const isLost = Object.is(event[0], presenceEvent.lease) && JSON.stringify(event[2]).includes(first);
        if (!isLost) publish(...event);
      });
      const now = Date.now.bind(Date);
      jest.spyOn(Date, 'now').mockImplementation(() => now() + 46_000);
      await eventually(() => presences(watcher, 1).at(-1) === 'offline');
    } finally {
      jest.restoreAllMocks();
      await second.stop();
    }
  });

  it('costs a frame for each watcher and one message of the bus, however many are in a channel', async () => {
    const channel = await realtime.chat(...range(101, 600));
    for (let id = 601; id <= 10_100; id += 500) await realtime.add(channel, ...range(id, id + 499));
    const sockets = await Promise.all(range(101, 120).map((id) => realtime.connect(id)));
    const watchers = sockets.slice(0, 4);
    for (const watcher of watchers) await watcher.ask({ type: 'presence.watch', user_ids: [500] });
    const { bus } = realtime.house;
    const said = new Map<string, number>();
    bus.subscribe(presenceEvent.lease, {}, ({ full, users }) => {
      for (const { user_id, status, chat_ids } of users) {
        if (!full && user_id === 500) said.set(status, (said.get(status) ?? 0) + 1 + chat_ids.length);
      }
    });
    const written = jest.spyOn(WebSocketTransport.prototype, 'write');
    const frames = () => written.mock.calls.filter(([{ type }]) => type === 'presence.update').length;
    const mover = await realtime.connect(500);
    const hear = (status: string) =>
      eventually(() => watchers.every((watcher) => presences(watcher, 500).at(-1) === status));
    await hear('online');
    expect(frames()).toBe(watchers.length);
    mover.socket.close();
    await hear('offline');
    expect(frames()).toBe(2 * watchers.length);
    await eventually(() => said.size === 2);
    expect([...said]).toEqual([
      ['online', 1],
      ['offline', 1],
    ]);
  });
});
