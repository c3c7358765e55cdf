import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { FechatterError } from '#contracts/error.js';
import { logRpc } from '#contracts/log.contract.js';
import { presenceEvent, type PresenceSet } from '#contracts/presence.contract.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { range } from '#testing/range.js';
import { messageApp } from '../../../../message/src/message.app.js';
import { messageDataSource } from '../../../../message/src/message.data-source.js';
import { RealtimeHouse, type Socket } from '../realtime.fixture.js';

let realtime: RealtimeHouse;

beforeAll(async () => {
  realtime = await RealtimeHouse.start({ app: messageApp, dataSource: messageDataSource }, { RATE_LIMITS: 'off' });
});

afterAll(() => realtime.close());

function presences(socket: Socket, userId: number): unknown[] {
  const updates = socket.frames.filter(({ type, data }) => type === 'presence.update' && data['user_id'] === userId);
  return updates.map(({ data }) => data['status']);
}

describe('Presence', () => {
  it('is told within two seconds to those who share a chat, and to nobody else', async () => {
    await realtime.chat(10, 11);
    await realtime.chat(12);
    const [friend, stranger] = [await realtime.connect(11), await realtime.connect(12)];
    const [phone, desk] = [await realtime.connect(10), await realtime.connect(10)];
    await eventually(() => presences(friend, 10).length === 1, 'it is told in time', 2_000);
    await phone.ask({ type: 'presence', status: 'away' });
    await desk.ask({ type: 'presence', status: 'away' });
    await eventually(() => presences(friend, 10).length === 2, 'it is told in time', 2_000);
    for (const { socket } of [phone, desk]) socket.close();
    await eventually(() => presences(friend, 10).length === 3, 'it is told in time', 2_000);
    expect(presences(friend, 10)).toEqual(['online', 'away', 'offline']);
    expect(presences(stranger, 10)).toEqual([]);
  });

  it('is told to those who watch, of users whom they may see, on whatever gateway these are', async () => {
    const watcher = await realtime.connect(20);
    expect((await watcher.ask({ type: 'presence.watch', user_ids: [21, 901] })).type).toBe('ack');
    const last_seen = new Date().toISOString();
    const users = [21, 901].map((user_id) => ({ user_id, status: 'online' as const, last_seen, chat_ids: [] }));
    const { bus } = realtime.house;
    bus.publish(presenceEvent.lease, {}, { gateway_id: 'other', full: true, users });
    await eventually(() => presences(watcher, 21).length === 2);
    const late = await realtime.connect(20);
    await late.ask({ type: 'presence.watch', user_ids: [21] });
    expect(presences(late, 21)).toEqual(['online']);
    bus.publish(presenceEvent.lease, {}, { gateway_id: 'other', full: true, users: [] });
    await eventually(() => presences(watcher, 21).length === 3);
    expect(presences(watcher, 21)).toEqual(['offline', 'online', 'offline']);
    expect(presences(watcher, 901)).toEqual([]);
  });

  it('does not flicker while a gateway says its many users part by part', async () => {
    const watcher = await realtime.connect(22);
    await watcher.ask({ type: 'presence.watch', user_ids: [23, 24, 25] });
    const last_seen = new Date().toISOString();
    const user = (user_id: number) => ({ user_id, status: 'online' as const, last_seen, chat_ids: [] });
    const say = (set: Omit<PresenceSet, 'full'>, full = false) =>
      realtime.house.bus.publish(presenceEvent.lease, {}, { gateway_id: 'large', full, ...set });
    for (let round = 0; round < 2; round++) {
      say({ up_to: 23, users: [user(23)] }, true);
      say({ after: 23, users: [user(24)] });
    }
    say({ users: [user(25)] });
    await eventually(() => presences(watcher, 25).length === 2);
    expect([23, 24].map((id) => presences(watcher, id))).toEqual([
      ['offline', 'online'],
      ['offline', 'online'],
    ]);
  });

  it('of users on other gateways is told to those who share a small chat, until that gateway falls silent', async () => {
    const small = await realtime.chat(40, 41);
    await realtime.chat(42, 43);
    const [friend, stranger] = [await realtime.connect(40), await realtime.connect(42)];
    const { bus } = realtime.house;
    const say = (full: boolean, user_id: number, ...chat_ids: number[]) => {
      const user = { user_id, status: 'online' as const, last_seen: new Date().toISOString(), chat_ids };
      bus.publish(presenceEvent.lease, {}, { gateway_id: 'far', full, users: [user] });
    };
    say(true, 41, small);
    say(false, 43);
    await eventually(() => presences(friend, 41).length === 1);
    const now = Date.now.bind(Date);
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + 46_000);
    await eventually(() => presences(friend, 41).length === 2).finally(() => clock.mockRestore());
    expect(presences(friend, 41)).toEqual(['online', 'offline']);
    expect([presences(stranger, 43), presences(stranger, 41)]).toEqual([[], []]);
  });

  it('names to the other gateways the small chats of a user, and no chat of more than a hundred', async () => {
    const small = await realtime.chat(50, 51);
    await realtime.chat(50, ...range(1_000, 1_100));
    const edge = await realtime.chat(50, ...range(1_000, 1_098));
    // By status: every fifteen seconds everything is said again.
    const said = new Map<string, number[]>();
    realtime.house.bus.subscribe(presenceEvent.lease, {}, ({ users }) => {
      for (const { user_id, status, chat_ids } of users)
        if (user_id === 50)
          said.set(
            status,
            chat_ids.toSorted((a, b) => a - b),
          );
    });
    const socket = await realtime.connect(50);
    await eventually(() => said.has('online'));
    expect(said.get('online')).toEqual([small, edge]);
    await realtime.add(edge, 1_099);
    await eventually(() => socket.seqs(edge).length === 1);
    // The chat has a hundred members; one more is one too many.
    await realtime.add(edge, 1_100);
    await eventually(() => socket.seqs(edge).length === 2);
    await socket.ask({ type: 'presence', status: 'away' });
    await eventually(() => said.has('away'));
    expect(said.get('away')).toEqual([small]);
    socket.socket.close();
    await eventually(() => said.has('offline'));
    expect(said.get('offline')).toEqual([small]);
  });

  it('names the small chats of one who comes while it is asked which chats are small', async () => {
    await realtime.chat(60);
    const shared = await realtime.chat(61, 62);
    const { bus } = realtime.house;
    const said: number[][] = [];
    bus.subscribe(presenceEvent.lease, {}, ({ users }) => {
      for (const { user_id, chat_ids } of users) if (user_id === 61) said.push(chat_ids);
    });
    const [asked, answered] = [gate(), gate()];
    const call = bus.call.bind(bus);
    const held = jest.spyOn(bus, 'call').mockImplementation(async (...request: Parameters<typeof call>) => {
      if (Object.is(request[0], logRpc.smallChats)) {
        asked.open();
        await answered.opened;
      }
      return call(...request);
    });
    await realtime.connect(60);
    await asked.opened;
    await realtime.connect(61);
    answered.open();
    held.mockRestore();
    await eventually(() => said.length === 1);
    expect(said).toEqual([[shared]]);
  });

  it('is told in a chat that begins later, once and to nobody else', async () => {
    const said = new Set<number>();
    realtime.house.bus.subscribe(presenceEvent.lease, {}, ({ users }) => {
      for (const { user_id } of users) said.add(user_id);
    });
    await realtime.chat(72);
    const [one, other, watcher] = [await realtime.connect(70), await realtime.connect(71), await realtime.connect(72)];
    await eventually(() => said.has(70) && said.has(71));
    await watcher.ask({ type: 'presence.watch', user_ids: [70] });
    await realtime.chat(70, 71);
    await eventually(() => presences(one, 71).length === 1 && presences(other, 70).length === 1);
    await other.ask({ type: 'presence', status: 'away' });
    await one.ask({ type: 'presence', status: 'away' });
    await eventually(() => presences(one, 71).length === 2 && presences(other, 70).length === 2);
    await eventually(() => presences(watcher, 70).length === 2);
    for (const [socket, userId] of [[one, 71] as const, [other, 70] as const, [watcher, 70] as const]) {
      expect(presences(socket, userId)).toEqual(['online', 'away']);
    }
  });

  it('is told when it is known at last which chats are small', async () => {
    await realtime.chat(73, 74);
    const { bus } = realtime.house;
    const said = new Set<number>();
    bus.subscribe(presenceEvent.lease, {}, ({ users }) => {
      for (const { user_id } of users) said.add(user_id);
    });
    const call = bus.call.bind(bus);
    const failing = jest.spyOn(bus, 'call').mockImplementation(async (...request: Parameters<typeof call>) => {
      if (Object.is(request[0], logRpc.smallChats)) throw new FechatterError('UNAVAILABLE');
      return call(...request);
    });
    const [one, other] = [await realtime.connect(73), await realtime.connect(74)];
    await eventually(() => said.has(73) && said.has(74)).finally(() => failing.mockRestore());
    await eventually(() => presences(one, 74).length === 1 && presences(other, 73).length === 1);
    expect([presences(one, 74), presences(other, 73)]).toEqual([['online'], ['online']]);
  });

  it('does not take a chat for small that has grown while it was asked for', async () => {
    const edge = await realtime.chat(75, ...range(1_000, 1_098));
    const { bus } = realtime.house;
    const said: number[][] = [];
    bus.subscribe(presenceEvent.lease, {}, ({ users }) => {
      for (const { user_id, chat_ids } of users) if (user_id === 75) said.push(chat_ids);
    });
    const [asked, answered] = [gate(), gate()];
    const call = bus.call.bind(bus);
    const held = jest.spyOn(bus, 'call').mockImplementation(async (...request: Parameters<typeof call>) => {
      const answer = await call(...request);
      if (Object.is(request[0], logRpc.smallChats)) {
        asked.open();
        await answered.opened;
      }
      return answer;
    });
    const socket = await realtime.connect(75);
    await asked.opened;
    await realtime.add(edge, 1_099);
    await eventually(() => socket.seqs(edge).length === 1);
    answered.open();
    held.mockRestore();
    await eventually(() => said.length > 0);
    expect(said[0]).toEqual([]);
  });

  it('is told in full to a gateway that asks', async () => {
    await realtime.connect(30);
    const said = new Set<number>();
    realtime.house.bus.subscribe(presenceEvent.lease, {}, ({ full, users }) => {
      if (full) for (const { user_id } of users) said.add(user_id);
    });
    await eventually(() => {
      realtime.house.bus.publish(presenceEvent.ask, {}, { gateway_id: 'new' });
      return said.has(30);
    });
  });
});
