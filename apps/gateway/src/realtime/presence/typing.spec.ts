import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { logRpc } from '#contracts/log.contract.js';
import { presenceEvent } from '#contracts/presence.contract.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { range } from '#testing/range.js';
import { messageApp } from '../../../../message/src/message.app.js';
import { messageDataSource } from '../../../../message/src/message.data-source.js';
import { RealtimeHouse, type Socket } from '../realtime.fixture.js';

let realtime: RealtimeHouse;

beforeAll(async () => {
  const env = { LIMIT_REQUESTS_PER_MINUTE: '20' };
  realtime = await RealtimeHouse.start({ app: messageApp, dataSource: messageDataSource }, env);
});

afterAll(() => realtime.close());

function typing(socket: Socket, chatId: number): string[] {
  const frames = socket.frames.filter(({ type, data }) => type.startsWith('typing.') && data['chat_id'] === chatId);
  return frames.map(({ type, data }) => `${type} ${String(data['user_id'])}`);
}

describe('Typing', () => {
  it('is told to the other members once, until the message comes or five seconds pass', async () => {
    const chat = await realtime.chat(1, 2);
    const foreign = await realtime.chat(3);
    const [typist, reader, stranger] = [
      await realtime.connect(1),
      await realtime.connect(2),
      await realtime.connect(3),
    ];
    for (let count = 0; count < 3; count++) await typist.ask({ type: 'typing', chat_id: chat });
    await eventually(() => typing(reader, chat).length === 1);
    await realtime.send(chat, 1, 'done');
    await eventually(() => typing(reader, chat).length === 2);
    expect(typing(reader, chat)).toEqual(['typing.start 1', 'typing.stop 1']);
    realtime.house.bus.publish(presenceEvent.typing, { chat_id: chat }, { chat_id: chat, user_id: 1, typing: true });
    await eventually(() => typing(reader, chat).length === 3);
    const began = Date.now();
    await eventually(() => typing(reader, chat).length === 4);
    expect(Date.now() - began).toBeGreaterThan(4_000);
    expect([typing(typist, chat), typing(stranger, chat)]).toEqual([[], []]);
    expect((await stranger.ask({ type: 'typing', chat_id: chat })).type).toBe('error');
    expect((await stranger.ask({ type: 'typing', chat_id: foreign })).type).toBe('ack');
    expect(typing(reader, foreign)).toEqual([]);
  });

  it('by HTTP is the same', async () => {
    const chat = await realtime.chat(4, 5);
    const reader = await realtime.connect(5);
    const post = async (id: number) => {
      const headers = { authorization: `Bearer ${await realtime.token(4)}` };
      return (await fetch(`${realtime.url}/api/chats/${id}/typing`, { method: 'POST', headers })).status;
    };
    expect([await post(chat), await post(999_999)]).toEqual([200, 404]);
    await eventually(() => typing(reader, chat).length === 1);
  });

  it('is told in a chat of more than a hundred only to members who watch the typist', async () => {
    const others = range(1_000, 1_097);
    const chat = await realtime.chat(6, 7, 8, ...others);
    const open = [6, 7, 8, 9].map((id) => realtime.connect(id));
    const [typist, reader, watcher, stranger] = (await Promise.all(open)) as [Socket, Socket, Socket, Socket];
    for (const socket of [watcher, stranger]) await socket.ask({ type: 'presence.watch', user_ids: [6] });
    const types = async (sign: boolean) => {
      if (sign) await typist.ask({ type: 'typing', chat_id: chat });
      else await realtime.send(chat, 6, 'done');
    };
    for (const sign of [true, false]) {
      const told = typing(watcher, chat).length;
      await types(sign);
      await eventually(() => typing(watcher, chat).length > told);
    }
    await eventually(() => reader.seqs(chat).length === 1);
    expect(typing(watcher, chat)).toEqual(['typing.start 6', 'typing.stop 6']);
    expect([typing(reader, chat), typing(typist, chat), typing(stranger, chat)]).toEqual([[], [], []]);
  });

  it('is told to all who are left of more than a hundred, and to all of them when it ends', async () => {
    const chat = await realtime.chat(10, 11, ...range(1_000, 1_098));
    const reader = await realtime.connect(11);
    const says = (typing: boolean) =>
      realtime.house.bus.publish(presenceEvent.typing, { chat_id: chat }, { chat_id: chat, user_id: 10, typing });
    says(true);
    await realtime.remove(chat, 1_098);
    await eventually(() => {
      says(true);
      return typing(reader, chat).length === 1;
    });
    await realtime.add(chat, 1_098);
    await eventually(() => reader.seqs(chat).length === 2);
    says(false);
    await eventually(() => typing(reader, chat).length === 2);
    expect(typing(reader, chat)).toEqual(['typing.start 10', 'typing.stop 10']);
  });

  it('is told to nobody but those who watch until it is known whether the chat has few members', async () => {
    const chat = await realtime.chat(12, 13);
    const { bus } = realtime.house;
    const known = gate();
    const call = bus.call.bind(bus);
    const held = jest.spyOn(bus, 'call').mockImplementation(async (...request: Parameters<typeof call>) => {
      if (Object.is(request[0], logRpc.smallChats)) await known.opened;
      return call(...request);
    });
    const [typist, reader] = [await realtime.connect(12), await realtime.connect(13)];
    await typist.ask({ type: 'typing', chat_id: chat });
    await reader.ask({ type: 'ping' });
    const early = typing(reader, chat);
    known.open();
    held.mockRestore();
    expect(early).toEqual([]);
    await eventually(() => typing(reader, chat).length > 0);
    expect(typing(reader, chat)[0]).toBe('typing.start 12');
  });

  it('counts as a request, as it does by HTTP', async () => {
    const chat = await realtime.chat(14);
    const socket = await realtime.connect(14);
    const answers = [];
    for (let count = 0; count < 20; count++) answers.push(await socket.ask({ type: 'typing', chat_id: chat }));
    // The first request was to connect.
    expect(answers.slice(0, 19).every(({ type }) => type === 'ack')).toBe(true);
    expect(answers[19]).toMatchObject({ type: 'error', data: { error: { code: 'RATE_LIMITED' } } });
  });
});
