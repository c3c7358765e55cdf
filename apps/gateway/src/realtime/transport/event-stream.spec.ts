import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Bulkhead } from '#cache/bulkhead.js';
import { authRpc } from '#contracts/auth.contract.js';
import { FechatterError } from '#contracts/error.js';
import { logRpc } from '#contracts/log.contract.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { range } from '#testing/range.js';
import { messageApp } from '../../../../message/src/message.app.js';
import { messageDataSource } from '../../../../message/src/message.data-source.js';
import type { Connection } from '../connection/connection.js';
import { Connections } from '../connection/connections.js';
import { EventStreamService } from './event-stream.service.js';
import { RealtimeHouse } from '../realtime.fixture.js';
import { Stream } from './stream.fixture.js';

let realtime: RealtimeHouse;

beforeAll(async () => {
  realtime = await RealtimeHouse.start({ app: messageApp, dataSource: messageDataSource }, { RATE_LIMITS: 'off' });
});

afterAll(() => realtime.close());

describe('An event stream', () => {
  it('says ready and then every change of the own chats, with the clock as id', async () => {
    const chat = await realtime.chat(1);
    const foreign = await realtime.chat(2);
    const stream = await Stream.of(realtime, 1);
    expect(stream.events[0]).toMatchObject({ type: 'ready', data: { type: 'ready', data: { heads: { [chat]: 1 } } } });
    await realtime.send(foreign, 2, 'not yours');
    const message = await realtime.send(chat, 1, 'Hello');
    await eventually(() => stream.seqs(chat).length === 1);
    const event = stream.events.find(({ type }) => type === 'message.created');
    expect(event?.data).toEqual({ type: 'message.created', chat_id: chat, seq: 2, data: { message } });
    expect(Math.abs(Date.parse(event?.id ?? '') - Date.now())).toBeLessThan(5_000);
    expect(stream.seqs(foreign)).toEqual([]);
    stream.close();
  });

  it('brings again, after a break, what changed since a minute before the last event, and goes on live', async () => {
    const chat = await realtime.chat(3);
    const first = await Stream.of(realtime, 3);
    await realtime.send(chat, 3, 'seen');
    await eventually(() => first.seqs(chat).length === 1);
    first.close();
    const missed = await realtime.send(chat, 3, 'missed');
    await realtime.edit(missed, 'missed, then edited');
    const inHeader = await Stream.of(realtime, 3, '', { 'last-event-id': first.lastId });
    const inQuery = await Stream.of(realtime, 3, `?last_event_id=${first.lastId}`);
    await eventually(() => [inHeader, inQuery].every((stream) => stream.seqs(chat).length === 4));
    await realtime.send(chat, 3, 'live');
    for (const stream of [inHeader, inQuery]) {
      await eventually(() => stream.seqs(chat).at(-1) === 5);
      expect(stream.seqs(chat)).toEqual([1, 2, 3, 4, 5]);
      // A break in the middle must not make the client skip the rest: ids come again when all is sent.
      expect(stream.events.slice(0, 4).map(({ id }) => id)).toEqual([undefined, undefined, undefined, undefined]);
      expect(stream.events.at(-1)?.id).toBeDefined();
      stream.close();
    }
  });

  it('tells of a gap instead where it is too much, or too long ago', async () => {
    const chat = await realtime.chat(4);
    await Promise.all(range(1, 205).map((count) => realtime.send(chat, 4, `m${count}`)));
    for (const lastEventId of [new Date().toISOString(), '2020-01-01T00:00:00.000Z']) {
      const stream = await Stream.of(realtime, 4, '', { 'last-event-id': lastEventId });
      await eventually(() => stream.events.some(({ type }) => type === 'gap'));
      expect(stream.events.find(({ type }) => type === 'gap')?.data.data).toEqual({ chat_id: chat, from: 0, to: 206 });
      expect(stream.seqs(chat)).toEqual([]);
      stream.close();
    }
  });

  it('needs a token or a ticket, and understands only ids of its own', async () => {
    const refused = async (query: string, headers: Record<string, string> = {}) => {
      const response = await fetch(`${realtime.url}/api/events${query}`, { headers });
      const body = (await response.json()) as { error: { code: string } };
      return `${response.status} ${body.error.code}`;
    };
    expect(await refused('')).toBe('401 UNAUTHORIZED');
    expect(await refused('?ticket=none')).toBe('401 UNAUTHORIZED');
    expect(await refused('', { authorization: 'Bearer x' })).toBe('401 UNAUTHORIZED');
    const authorization = `Bearer ${await realtime.token(5)}`;
    expect(await refused('?last_event_id=1%27', { authorization })).toBe('422 VALIDATION_ERROR');
    expect(await refused('?unknown=1', { authorization })).toBe('422 VALIDATION_ERROR');
    realtime.tickets.set('stream', 5);
    const stream = new Stream(realtime.url, '?ticket=stream', {});
    await eventually(() => stream.events[0]?.type === 'ready');
    expect(await refused('?ticket=stream')).toBe('401 UNAUTHORIZED');
    stream.close();
  });

  it('ends with the session', async () => {
    const stream = await Stream.of(realtime, 6);
    realtime.issuer.revoke(6, 60);
    await eventually(() => stream.ended, 'it ends', 3_000);
  });

  it('sends nothing new ahead of what it sends again, however long that takes to be found', async () => {
    const chat = await realtime.chat(20);
    const first = await Stream.of(realtime, 20);
    await realtime.send(chat, 20, 'seen');
    await eventually(() => first.seqs(chat).length === 1);
    first.close();
    await realtime.send(chat, 20, 'missed');
    const found = gate();
    // From here on this takes the place of the message service's own answer.
    const answer = { chats: [{ chat_id: chat, after: 0 }], epoch: Number(epochOf(first)) };
    realtime.house.bus.serve(logRpc.changedSince, () => found.opened.then(() => answer), { queue: 'message' });
    const stream = await Stream.of(realtime, 20, '', { 'last-event-id': first.lastId });
    const later = await realtime.connect(20);
    await realtime.send(chat, 20, 'live');
    await eventually(() => later.seqs(chat).length === 1);
    found.open();
    await eventually(() => stream.seqs(chat).includes(1));
    await eventually(() => stream.seqs(chat).at(-1) === 4);
    expect(stream.seqs(chat)).toEqual([1, 2, 3, 4]);
    stream.close();
    later.socket.close();
  });

  it('is to come again later when too many wait for where they left off', async () => {
    const full = jest.spyOn(Bulkhead.prototype, 'run').mockRejectedValue(new FechatterError('UNAVAILABLE'));
    const stream = await Stream.of(realtime, 21, '', { 'last-event-id': new Date().toISOString() });
    await eventually(() => stream.ended).finally(() => full.mockRestore());
    expect(Number(stream.retry)).toBeGreaterThanOrEqual(1_000);
    expect(stream.lastId).toBe('');
  });

  it('is none for a client that has left before it was known who it is', async () => {
    const [asked, known] = [gate(), gate()];
    const opening = jest.spyOn(EventStreamService.prototype, 'open');
    const admitting = jest.spyOn(Connections.prototype, 'admit');
    // Takes the place of the ticket office of the house.
    const redeem = async () => {
      asked.open();
      await known.opened;
      return { user_id: 7, session_id: 70, expires_at: Math.floor(Date.now() / 1_000) + 600 };
    };
    realtime.house.bus.serve(authRpc.redeemTicket, redeem, { queue: 'auth' });
    const stream = new Stream(realtime.url, '?ticket=slow', {});
    await asked.opened;
    stream.close();
    const [, reply] = opening.mock.calls[0] ?? [];
    await eventually(() => reply?.raw.destroyed === true);
    known.open();
    await opening.mock.results[0]?.value;
    const open = admitting.mock.results.filter(({ value }) => (value as Connection).isOpen);
    jest.restoreAllMocks();
    expect(open).toHaveLength(0);
  });
});

function epochOf(stream: Stream): unknown {
  return stream.events[0]?.data.data?.['epoch'];
}
