import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing/eventually.js';
import { range } from '#testing/range.js';
import { messageApp } from '../../../../message/src/message.app.js';
import { messageDataSource } from '../../../../message/src/message.data-source.js';
import { RealtimeHouse, type Socket } from '../realtime.fixture.js';

const authWithinMs = 5_000;
/** For the close to arrive and to be looked at, on a machine that does other things too. */
const slackMs = 500;

let realtime: RealtimeHouse;

beforeAll(async () => {
  realtime = await RealtimeHouse.start(
    { app: messageApp, dataSource: messageDataSource },
    {
      PUBLIC_URL: 'https://chat.example.com',
      ALLOWED_ORIGINS: 'https://app.example.com',
      LIMIT_SOCKETS_PER_USER: '3',
    },
  );
});

afterAll(() => realtime.close());

async function closeOf(frame: string | Buffer, socket: Socket): Promise<number> {
  socket.socket.send(frame);
  return (await socket.untilClosed()).code;
}

/** What comes back for an upgrade with that request target, byte by byte: no client of ours would send it. */
async function upgradeAnswer(target: string): Promise<string> {
  const socket = connect(realtime.gateway.port, '127.0.0.1');
  const head = [`GET ${target} HTTP/1.1`, 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket'];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

describe('Signing in', () => {
  it('takes a token in the first frame, with or without Bearer', async () => {
    for (const prefix of ['', 'Bearer ']) {
      const socket = await realtime.open();
      socket.send({ type: 'auth', token: prefix + (await realtime.token(1)) });
      expect((await socket.next(({ type }) => type === 'ready')).data['user_id']).toBe(1);
      socket.socket.close();
      await socket.untilClosed();
    }
  });

  it('takes a ticket once', async () => {
    realtime.tickets.set('good', 2);
    const [first, second] = [await realtime.open('?ticket=good'), await realtime.open('?ticket=good')];
    expect((await first.next(({ type }) => type === 'ready')).data['user_id']).toBe(2);
    expect((await second.untilClosed()).code).toBe(4001);
    first.socket.close();
  });

  it('closes with 4001 whoever says something else first, shows a bad token, or says nothing for 5 s', async () => {
    const openedAt = performance.now();
    const silent = await realtime.open();
    const talker = await realtime.open();
    talker.send({ type: 'ping' });
    const forger = await realtime.open();
    forger.send({ type: 'auth', token: await realtime.issuer.sign({ exp: 1 }) });
    expect((await talker.untilClosed()).code).toBe(4001);
    expect((await forger.untilClosed()).code).toBe(4001);
    expect(silent.closed).toBeUndefined();
    expect((await silent.untilClosed(2 * authWithinMs)).code).toBe(4001);
    expect(performance.now() - openedAt).toBeGreaterThanOrEqual(authWithinMs - slackMs);
    expect([silent, talker, forger].flatMap(({ frames }) => frames)).toEqual([]);
  });

  it('ends with the token, unless a newer one of the same user comes in time', async () => {
    const exp = Math.floor(Date.now() / 1_000) + 5;
    const [ends, goesOn, other] = await Promise.all(
      range(1, 3).map(async () => {
        const socket = await realtime.open();
        socket.send({ type: 'auth', token: await realtime.issuer.sign({ sub: '3', exp }) });
        await socket.next(({ type }) => type === 'ready');
        return socket;
      }),
    );
    expect((await goesOn?.ask({ type: 'auth', token: await realtime.token(3) }))?.type).toBe('ack');
    other?.send({ type: 'auth', token: await realtime.token(4) });
    expect((await other?.untilClosed())?.code).toBe(4001);
    expect((await ends?.untilClosed())?.code).toBe(4001);
    expect((await goesOn?.ask({ type: 'ping' }))?.type).toBe('pong');
    goesOn?.socket.close();
  });

  it('refuses pages of other origins before anything is opened', async () => {
    const foreign = [
      'https://evil.example',
      'null',
      'http://chat.example.com',
      'https://chat.example.com:8443',
      'https://chat.example.com.evil.example',
      realtime.url,
    ];
    for (const origin of foreign) expect((await realtime.open('', { origin })).refused).toBe(403);
    for (const origin of ['https://chat.example.com', 'https://app.example.com']) {
      const socket = await realtime.open('', { origin });
      expect(socket.refused).toBeUndefined();
      socket.socket.close();
    }
  });

  it('refuses upgrades elsewhere, and goes on after targets that cannot be read', async () => {
    const refusal = /^HTTP\/1\.1 404 Not Found\r\n.*NOT_FOUND/s;
    for (const target of ['/api/ws', '//', '//[', 'http://', '*', '/ws/%', '//ws']) {
      expect({ target, answer: await upgradeAnswer(target) }).toEqual({
        target,
        answer: expect.stringMatching(refusal),
      });
    }
    const socket = await realtime.connect(8);
    expect((await socket.ask({ type: 'ping' })).type).toBe('pong');
    socket.socket.close();
  });

  it('admits so many connections of a user, and another once one has gone', async () => {
    const open = [await realtime.connect(9), await realtime.connect(9), await realtime.connect(9)];
    const fourth = await realtime.open();
    fourth.send({ type: 'auth', token: await realtime.token(9) });
    expect((await fourth.untilClosed()).code).toBe(4029);
    open[0]?.socket.close();
    await open[0]?.untilClosed();
    const fifth = await realtime.connect(9);
    for (const { socket } of [...open, fifth]) socket.close();
  });

  it('leaves no socket behind when it is refused, though the client keeps its own end open', async () => {
    const socket = connect({ port: realtime.gateway.port, host: '127.0.0.1', allowHalfOpen: true });
    let isCut = false;
    socket.on('error', () => (isCut = true));
    socket.write('GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await once(socket.resume(), 'end');
    await eventually(() => {
      socket.write('still here');
      return isCut;
    });
  });
});

describe('A frame', () => {
  it('that is no JSON object in a text frame ends the connection with 4009', async () => {
    for (const frame of ['{', '[]', 'null', '7', '"auth"', '', Buffer.from('{"type":"ping"}')]) {
      const socket = await realtime.connect(10);
      expect({ frame, code: await closeOf(frame, socket) }).toEqual({ frame, code: 4009 });
      const unknown = await realtime.open();
      expect({ frame, code: await closeOf(frame, unknown) }).toEqual({ frame, code: 4009 });
    }
  });

  it('of an unknown type, or with wrong fields, is answered with VALIDATION_ERROR and changes nothing', async () => {
    const chat = await realtime.chat(11);
    const socket = await realtime.connect(11);
    const wrong: object[] = [
      { type: 'shout' },
      { type: 'send', chat_id: chat },
      { type: 'send', chat_id: String(chat), content: 'x' },
      { type: 'send', chat_id: chat, content: '' },
      { type: 'send', chat_id: chat, content: 'a\0b' },
      { type: 'send', chat_id: chat, content: '\ud800' },
      { type: 'send', chat_id: chat, content: 'x', sender_id: 1 },
      { type: 'read', chat_id: chat, seq: -1 },
      { type: 'resume', epoch: 1, cursors: { x: 1 } },
      { type: 'presence', status: 'offline' },
      { type: 'presence.watch', user_ids: range(1, 501) },
      { type: 'ping', __proto__: { x: 1 }, constructor: 1 },
    ];
    for (const frame of wrong) {
      const answer = await socket.ask(frame);
      expect({ frame, code: (answer.data['error'] as { code: string }).code }).toEqual({
        frame,
        code: 'VALIDATION_ERROR',
      });
    }
    expect(socket.entries(chat)).toEqual([]);
    expect(Object.keys(Object.prototype)).toEqual([]);
    socket.socket.close();
  });

  it('of more than 128 KiB ends the connection with 1009', async () => {
    const socket = await realtime.connect(12);
    socket.send(JSON.stringify({ type: 'ping', ref: 'x'.repeat(128 * 1024) }));
    expect((await socket.untilClosed()).code).toBe(1009);
  });

  it('beyond thirty a second ends the connection with 4029, pings of the protocol included', async () => {
    const [speaker, pinger, calm] = [
      await realtime.connect(13),
      await realtime.connect(13),
      await realtime.connect(14),
    ];
    for (const count of range(1, 29)) speaker.send({ type: 'ping', ref: count });
    await eventually(() => speaker.frames.filter(({ type }) => type === 'pong').length === 29);
    for (const count of range(30, 60)) speaker.send({ type: 'ping', ref: count });
    expect((await speaker.untilClosed()).code).toBe(4029);
    for (let count = 0; count < 40; count++) pinger.socket.ping();
    expect((await pinger.untilClosed()).code).toBe(4029);
    expect((await calm.ask({ type: 'ping' })).type).toBe('pong');
    calm.socket.close();
  });
});

describe('Sending over a connection', () => {
  it('is acknowledged with the message, once for each key', async () => {
    const chat = await realtime.chat(15, 16);
    const [sender, reader] = [await realtime.connect(15), await realtime.connect(16)];
    const frame = { type: 'send', chat_id: chat, content: 'Hello', idempotency_key: 'k1' };
    const [first, second] = [await sender.ask(frame), await sender.ask(frame)];
    expect(first).toMatchObject({ type: 'ack', data: { message: { chat_id: chat, seq: 2, content: 'Hello' } } });
    expect(second.data['message']).toEqual(first.data['message']);
    const conflict = await sender.ask({ ...frame, content: 'Other' });
    expect(conflict).toMatchObject({ type: 'error', data: { error: { code: 'CONFLICT' } } });
    await eventually(() => reader.seqs(chat).length === 1 && sender.seqs(chat).length === 1);
    expect(reader.entries(chat)[0]?.data).toEqual({ message: first.data['message'] });
    for (const { socket } of [sender, reader]) socket.close();
  });

  it('keeps the order in which one client sends into a chat', async () => {
    const chat = await realtime.chat(17);
    const socket = await realtime.connect(17);
    const contents = range(1, 25).map((count) => `m${count}`);
    for (const content of contents) socket.send({ type: 'send', chat_id: chat, content });
    await eventually(() => socket.seqs(chat).length === 25);
    expect(socket.entries(chat).map(({ data }) => (data['message'] as { content: string }).content)).toEqual(contents);
    socket.socket.close();
  });

  it('is refused in chats that are not the sender’s, the same whether they exist or not', async () => {
    const chat = await realtime.chat(16);
    const socket = await realtime.connect(18);
    const kinds = { send: { content: 'x' }, read: { seq: 1 }, typing: {} };
    for (const [type, rest] of Object.entries(kinds)) {
      const answers = [];
      for (const id of [chat, 999_999]) answers.push((await socket.ask({ type, chat_id: id, ...rest })).data['error']);
      expect(answers[0]).toMatchObject({ code: 'NOT_FOUND' });
      expect(answers[0]).toEqual(answers[1]);
    }
    socket.socket.close();
  });
});
