import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { presenceEvent, type PresenceStatus } from '#contracts/presence.contract.js';
import { eventually } from '#testing/eventually.js';
import { range } from '#testing/range.js';
import { messageApp } from '../../../../message/src/message.app.js';
import { messageDataSource } from '../../../../message/src/message.data-source.js';
import { RealtimeHouse, type Socket } from '../realtime.fixture.js';

let realtime: RealtimeHouse;
/** How each user was said to be at last. */
const said = new Map<number, PresenceStatus>();

beforeAll(async () => {
  realtime = await RealtimeHouse.start({ app: messageApp, dataSource: messageDataSource }, { RATE_LIMITS: 'off' });
  realtime.house.bus.subscribe(presenceEvent.lease, {}, ({ users }) => {
    for (const { user_id, status } of users) said.set(user_id, status);
  });
});

afterAll(() => realtime.close());

/** What a connection was told of users, in order. */
function told(socket: Socket): unknown[] {
  const updates = socket.frames.filter(({ type }) => type === 'presence.update');
  return updates.map(({ data }) => [data['user_id'], data['status']]);
}

/** As another gateway says it. */
function say(status: PresenceStatus, chats: ReadonlyMap<number, readonly number[]>): void {
  const last_seen = new Date().toISOString();
  const users = [...chats].map(([user_id, ids]) => ({ user_id, status, last_seen, chat_ids: [...ids] }));
  realtime.house.bus.publish(presenceEvent.lease, {}, { gateway_id: 'far', full: false, users });
}

/** A connection of a user whom the gateways know by now. */
async function present(userId: number): Promise<Socket> {
  const socket = await realtime.connect(userId);
  await eventually(() => said.get(userId) === 'online');
  return socket;
}

/** Whatever was to be sent before has been sent. */
async function flushed(socket: Socket): Promise<Socket> {
  await socket.ask({ type: 'ping' });
  return socket;
}

describe('A connection', () => {
  it('is told of those who were there before it in its small chats, and of nobody else', async () => {
    await realtime.chat(1, 2, 3);
    await realtime.chat(1, 4, ...range(1_000, 1_098));
    await realtime.chat(5);
    const [, away] = await Promise.all([2, 3, 4, 5].map(present));
    await away?.ask({ type: 'presence', status: 'away' });
    await eventually(() => said.get(3) === 'away');
    const listener = await flushed(await realtime.connect(1));
    const there = [
      [2, 'online'],
      [3, 'away'],
    ];
    expect(told(listener).toSorted()).toEqual(there);
    await eventually(() => said.get(1) === 'online');
    const again = await flushed(await realtime.connect(1));
    expect(told(again).toSorted()).toEqual(there);
  });

  it('is not told of those who have left while it was away, unless it watches them', async () => {
    await realtime.chat(11, 12);
    const peer = await present(12);
    const listener = await flushed(await realtime.connect(11));
    expect(told(listener)).toEqual([[12, 'online']]);
    listener.socket.close();
    await listener.untilClosed();
    peer.socket.close();
    await eventually(() => said.get(12) === 'offline');
    const back = await flushed(await realtime.connect(11));
    expect(told(back)).toEqual([]);
    await back.ask({ type: 'presence.watch', user_ids: [12, 901] });
    expect(told(back)).toEqual([[12, 'offline']]);
    expect(back.frames.find(({ type }) => type === 'presence.update')?.data['last_seen']).toBeNull();
  });

  it('is told who is there in a chat that its user joins', async () => {
    const chat = await realtime.chat(21);
    const [peer, joiner] = [await present(21), await present(22)];
    await realtime.add(chat, 22);
    await eventually(() => joiner.seqs(chat).length === 1);
    expect(told(await flushed(joiner))).toEqual([[21, 'online']]);
    await eventually(() => told(peer).length === 1);
  });

  it('is told of at most five hundred, those of its smallest chats among them', async () => {
    const rooms = await Promise.all(
      range(0, 6).map((room) => realtime.chat(31, ...range(0, 98).map((id) => 2_000 + 99 * room + id))),
    );
    const direct = await realtime.chat(31, 32);
    say(
      'online',
      new Map(rooms.flatMap((chat, room) => range(0, 98).map((id) => [2_000 + 99 * room + id, [chat]] as const))),
    );
    say('online', new Map([[32, [direct]]]));
    const listener = await realtime.connect(31);
    await eventually(() => told(listener).length >= 500);
    // What comes later proves that nothing of the greeting is still on its way.
    say('away', new Map([[32, [direct]]]));
    await eventually(() => JSON.stringify(told(listener)).includes('[32,"away"]'));
    expect(told(listener).slice(0, -1)).toHaveLength(500);
    expect(told(listener)[0]).toEqual([32, 'online']);
  });

  it('is answered how all are whom it watches, before its watch is acknowledged', async () => {
    const ids = range(100, 599);
    say('online', new Map(range(100, 299).map((id) => [id, []])));
    const watcher = await realtime.connect(41);
    await watcher.ask({ type: 'presence.watch', user_ids: ids });
    expect(told(watcher)).toEqual(ids.map((id) => [id, id < 300 ? 'online' : 'offline']));
  });
});
