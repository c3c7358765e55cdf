import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { WebSocket } from 'ws';
import { eventually } from '#testing/eventually.js';
import { messageApp } from '../../../../message/src/message.app.js';
import { messageDataSource } from '../../../../message/src/message.data-source.js';
import { RealtimeHouse } from '../realtime.fixture.js';
import { Stream } from '../transport/stream.fixture.js';

let realtime: RealtimeHouse;

beforeAll(async () => {
  realtime = await RealtimeHouse.start({ app: messageApp, dataSource: messageDataSource });
});
afterEach(() => void jest.restoreAllMocks());
afterAll(() => realtime.close());

/** Lets the gateway, which looks after its connections every second, believe that so much time has passed since now. */
function moveClock(): (seconds: number) => void {
  const began = Date.now();
  const clock = jest.spyOn(Date, 'now');
  return (seconds) => void clock.mockReturnValue(began + seconds * 1_000);
}

describe('A client that has vanished without a word', () => {
  it('is closed within a minute on a WebSocket, as it answers no ping; who answers stays', async () => {
    const chat = await realtime.chat(1, 2);
    const silent = await realtime.connect(1, undefined, { autoPong: false });
    const alive = await realtime.connect(2);
    const pings = { silent: 0, alive: 0 };
    silent.socket.on('ping', () => pings.silent++);
    alive.socket.on('ping', () => pings.alive++);
    const passed = moveClock();
    passed(26);
    await eventually(() => pings.silent === 1 && pings.alive === 1);
    // An answer to what comes later: the pong that was sent before it has been heard.
    expect((await alive.ask({ type: 'ping' })).type).toBe('pong');
    passed(52);
    await eventually(() => pings.silent === 2 && pings.alive === 2);
    expect((await alive.ask({ type: 'ping' })).type).toBe('pong');
    expect([silent.closed, alive.closed]).toEqual([undefined, undefined]);
    passed(59);
    expect((await silent.untilClosed()).code).toBe(1006);
    const offline = ({ type, data }: { type: string; data: Record<string, unknown> }) =>
      type === 'presence.update' && data['user_id'] === 1 && data['status'] === 'offline';
    await alive.next(offline);
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
    const { seq } = await realtime.send(chat, 2, 'still here');
    await eventually(() => alive.seqs(chat).at(-1) === seq);
    alive.socket.close();
  });

  it('loses its event stream after a few minutes, as everybody does: who is there comes again and misses nothing', async () => {
    const chat = await realtime.chat(3);
    const first = await Stream.of(realtime, 3);
    const passed = moveClock();
    passed(4 * 60);
    await eventually(() => first.events.some(({ type }) => type === 'ping'));
    await realtime.send(chat, 3, 'seen');
    await eventually(() => first.seqs(chat).length === 1);
    expect(first.ended).toBe(false);
    passed(5.6 * 60);
    await eventually(() => first.ended);
    expect(Number(first.retry)).toBeLessThan(5_000);
    jest.restoreAllMocks();
    await realtime.send(chat, 3, 'missed');
    const second = await Stream.of(realtime, 3, '', { 'last-event-id': first.lastId });
    await eventually(() => second.seqs(chat).at(-1) === 3);
    second.close();
  });
});
