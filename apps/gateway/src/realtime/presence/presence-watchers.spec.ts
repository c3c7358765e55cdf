import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { FechatterError } from '#contracts/error.js';
import { presenceEvent, type PresenceStatus } from '#contracts/presence.contract.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { eventually } from '#testing/eventually.js';
import { messageApp } from '../../../../message/src/message.app.js';
import { messageDataSource } from '../../../../message/src/message.data-source.js';
import { RealtimeHouse, type Socket } from '../realtime.fixture.js';
import { WebSocketTransport } from '../transport/websocket.transport.js';

let realtime: RealtimeHouse;

beforeAll(async () => {
  realtime = await RealtimeHouse.start({ app: messageApp, dataSource: messageDataSource }, { RATE_LIMITS: 'off' });
});

afterEach(() => {
  jest.restoreAllMocks();
  realtime.hidden.clear();
});

afterAll(() => realtime.close());

/** As another gateway says it, who has the user. */
function say(user_id: number, status: PresenceStatus): void {
  const users = [{ user_id, status, last_seen: new Date().toISOString(), chat_ids: [] }];
  realtime.house.bus.publish(presenceEvent.lease, {}, { gateway_id: `of ${user_id}`, full: true, users });
}

/** What it was told of the user, who goes away at most: offline is only what a watch is answered of one who is not said. */
function told(socket: Socket, userId: number): unknown[] {
  const updates = socket.frames.filter(({ type, data }) => type === 'presence.update' && data['user_id'] === userId);
  return updates.map(({ data }) => data['status']).filter((status) => status !== 'offline');
}

const now = Date.now.bind(Date);

/** From now on it is so much later than it is; no client is missed for that. */
function later(ms: number): void {
  jest.spyOn(WebSocketTransport.prototype, 'heartbeat').mockReturnValue(true);
  jest.spyOn(Date, 'now').mockImplementation(() => now() + ms);
}

/** Watches two users, and hears that both are online. */
async function watcher(userId: number, ids: readonly [number, number]): Promise<Socket> {
  const socket = await realtime.connect(userId);
  await socket.ask({ type: 'presence.watch', user_ids: ids });
  for (const id of ids) say(id, 'online');
  await eventually(() => ids.every((id) => told(socket, id).length === 1));
  return socket;
}

/** How often it has been asked from now on whom the user may see; fails as long as `fails` says so. */
function countQuestions(userId: number, fails: () => boolean = () => false): { answered: number; failed: number } {
  const counts = { answered: 0, failed: 0 };
  const { bus } = realtime.house;
  const call = bus.call.bind(bus);
  jest.spyOn(bus, 'call').mockImplementation(async (...request: Parameters<typeof call>) => {
    const { as } = request[2];
    const isQuestion = Object.is(request[0], workspaceRpc.visibleUsers) && as?.kind === 'user' && as.user_id === userId;
    if (isQuestion && fails()) {
      counts.failed += 1;
      throw new FechatterError('UNAVAILABLE');
    }
    const answer = await call(...request);
    if (isQuestion) counts.answered += 1;
    return answer;
  });
  return counts;
}

/** What the watcher is told when both users go away. */
async function whenBothGoAway(socket: Socket, hidden: number, seen: number): Promise<unknown[]> {
  say(hidden, 'away');
  say(seen, 'away');
  await eventually(() => told(socket, seen).includes('away'));
  return told(socket, hidden);
}

describe('Who watches', () => {
  it('hears no more of whom they may not see since their own chats changed, and again of whom they may', async () => {
    const chat = await realtime.chat(1, 2);
    const socket = await watcher(1, [11, 12]);
    const counts = countQuestions(1);
    realtime.hidden.add(11);
    await realtime.remove(chat, 1);
    await eventually(() => counts.answered === 1);
    expect(await whenBothGoAway(socket, 11, 12)).toEqual(['online']);
    realtime.hidden.clear();
    await realtime.add(chat, 1);
    await eventually(() => told(socket, 11).length === 2);
    expect([told(socket, 11), told(socket, 12)]).toEqual([
      ['online', 'away'],
      ['online', 'away'],
    ]);
    expect(counts.answered).toBe(2);
  });

  it('hears no more of whom they may not see, after a minute, though nothing of their own has changed', async () => {
    const socket = await watcher(3, [13, 14]);
    const counts = countQuestions(3);
    realtime.hidden.add(13);
    later(56_000);
    await eventually(() => counts.answered > 0);
    for (const id of [13, 14]) say(id, 'online');
    expect(await whenBothGoAway(socket, 13, 14)).not.toContain('away');
  });

  it('goes on to hear while it cannot be asked whom they may see, and of nobody after a minute of that', async () => {
    const chat = await realtime.chat(5, 6);
    const [socket, other] = [await watcher(5, [15, 16]), await watcher(7, [17, 18])];
    let isDown = true;
    const counts = countQuestions(5, () => isDown);
    await realtime.remove(chat, 5);
    await eventually(() => counts.failed === 1);
    await whenBothGoAway(socket, 15, 16);
    expect([told(socket, 15), told(socket, 16)]).toEqual([
      ['online', 'away'],
      ['online', 'away'],
    ]);
    const { failed } = counts;
    later(61_000);
    await eventually(() => counts.failed > failed);
    const known = told(socket, 15).length;
    for (const id of [15, 17]) say(id, 'away');
    await eventually(() => told(other, 17).at(-1) === 'away');
    expect(told(socket, 15).length).toBe(known);
    isDown = false;
    later(70_000);
    await eventually(() => told(socket, 15).length > known);
    expect(told(socket, 15).at(-1)).toBe('away');
  });
});
