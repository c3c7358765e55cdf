import type { Socket as NetworkSocket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { metrics } from '#telemetry/metrics.js';
import { eventually } from '#testing/eventually.js';
import { range } from '#testing/range.js';
import { messageApp } from '../../../../message/src/message.app.js';
import { messageDataSource } from '../../../../message/src/message.data-source.js';
import { RealtimeHouse, type Socket } from '../realtime.fixture.js';

let realtime: RealtimeHouse;
/** Somebody who shares a chat with the hostile ones. */
let bystander: Socket;
let chat: number;
const [honest, hostile, foreign] = [1, 2, 3];

beforeAll(async () => {
  realtime = await RealtimeHouse.start(
    { app: messageApp, dataSource: messageDataSource },
    { LIMIT_SOCKETS_PER_USER: '100' },
  );
  chat = await realtime.chat(honest, hostile);
  bystander = await realtime.connect(honest);
});

afterAll(() => realtime.close());

/** Bytes as they are, past the library that would not send them. */
function raw({ socket }: Socket, ...bytes: readonly Buffer[]): void {
  const { _socket } = socket as unknown as { _socket: NetworkSocket };
  _socket.write(Buffer.concat(bytes));
}

/** The head of a frame of a client, masked with zeros, and the payload. */
function frame(first: number, payload: Buffer | string, declared = Buffer.byteLength(payload)): Buffer {
  const length = Buffer.alloc(declared < 126 ? 2 : 10);
  length[0] = first;
  length[1] = 0x80 | Math.min(declared, 127);
  if (declared >= 126) length.writeBigUInt64BE(BigInt(declared), 2);
  return Buffer.concat([length, Buffer.alloc(4), Buffer.from(payload)]);
}

const [continued, text, final] = [0x00, 0x01, 0x80];

/** Every way of breaking the protocol, with the close code that answers it. */
const breaches: [string, number, (socket: Socket) => void][] = [
  ['text that is no JSON', 4009, (socket) => socket.send('{"type":')],
  ['JSON that is no object', 4009, (socket) => socket.send('[{"type":"ping"}]')],
  ['nested JSON that goes deep', 4009, (socket) => socket.send('['.repeat(60_000))],
  ['a binary frame', 4009, ({ socket }) => socket.send(Buffer.from('{"type":"ping"}'))],
  ['a frame of more than 128 KiB', 1009, (socket) => socket.send({ type: 'ping', ref: 'x'.repeat(128 * 1024) })],
  ['a gibibyte that is only declared', 1009, (socket) => raw(socket, frame(final | text, '', 2 ** 30))],
  [
    'fragments of more than 128 KiB together',
    1009,
    (socket) => raw(socket, frame(text, 'x'), ...range(1, 3).map(() => frame(continued, 'x'.repeat(48 * 1024)))),
  ],
  ['a fragment that continues nothing', 1002, (socket) => raw(socket, frame(final | continued, '{}'))],
  ['a frame of a kind that does not exist', 1002, (socket) => raw(socket, frame(final | 0x03, '{}'))],
  ['a frame that is not masked', 1002, (socket) => raw(socket, Buffer.from([final | text, 2, 0x7b, 0x7d]))],
  ['text that is not UTF-8', 1007, (socket) => raw(socket, frame(final | text, Buffer.from([0xc3, 0x28])))],
  ['too many frames', 4029, (socket) => range(1, 40).forEach(() => socket.send({ type: 'ping' }))],
  ['too many that say nothing known', 4029, (socket) => range(1, 40).forEach(() => socket.send({ type: 'shout' }))],
  ['too many pings of the protocol', 4029, ({ socket }) => range(1, 40).forEach(() => socket.ping())],
  ['too many pongs that nobody asked for', 4029, ({ socket }) => range(1, 40).forEach(() => socket.pong())],
];

/** The bystander goes on being sent exactly the log. */
async function expectUndisturbed(): Promise<void> {
  const { seq } = await realtime.send(chat, honest, 'Is anybody disturbed?');
  await eventually(() => bystander.seqs(chat).at(-1) === seq);
  expect(bystander.seqs(chat)).toEqual(range(2, seq));
  const types = new Set(bystander.frames.map(({ type }) => type));
  for (const known of ['ready', 'chat.created', 'message.created', 'presence.update']) types.delete(known);
  expect([...types]).toEqual([]);
  expect(bystander.closed).toBeUndefined();
}

/** How many connections have ended with this code, by the metric. */
async function closedBy(code: string): Promise<number> {
  const line = new RegExp(`^fechatter_realtime_closed_total\\{code="${code}"\\} (\\d+)$`, 'm');
  return Number(line.exec(await metrics.metrics())?.[1] ?? 0);
}

describe('Nobody else is disturbed by', () => {
  it.each(breaches)('%s: closed with %i', async (_what, code, breach) => {
    const neighbour = await realtime.connect(hostile);
    const socket = await realtime.connect(hostile);
    breach(socket);
    expect((await socket.untilClosed()).code).toBe(code);
    await expectUndisturbed();
    // Not even another connection of the same user.
    expect((await neighbour.ask({ type: 'ping' })).type).toBe('pong');
    neighbour.socket.close();
  });

  it('close codes that clients make up or take from us: none of them becomes a label of a metric', async () => {
    const before = await closedBy('client');
    const made = [4008, 4001, 1012, 3_999, 4_321];
    const tooSlow = await closedBy('4008');
    for (const code of made) {
      const socket = await realtime.connect(hostile);
      socket.socket.close(code);
      await socket.untilClosed();
    }
    await eventually(async () => (await closedBy('client')) === before + made.length, 'all are counted');
    expect([await closedBy('4008'), await closedBy('3999')]).toEqual([tooSlow, 0]);
    await expectUndisturbed();
  });

  it('a message in fragments, which is a message like any other', async () => {
    const socket = await realtime.connect(hostile);
    const parts = ['{"type":', '"pi', 'ng","ref":"whole"}'];
    raw(
      socket,
      frame(text, parts[0] ?? ''),
      frame(continued, parts[1] ?? ''),
      frame(final | continued, parts[2] ?? ''),
    );
    expect((await socket.next(({ type }) => type === 'pong')).data).toEqual({ ref: 'whole' });
    await expectUndisturbed();
    socket.socket.close();
  });

  it('a ticket that is unknown, foreign or used: closed with 4001, nothing said', async () => {
    realtime.tickets.set('once', hostile);
    const first = await realtime.open('?ticket=once');
    await first.next(({ type }) => type === 'ready');
    for (const ticket of ['once', 'of-another-server', '', 'x'.repeat(512), `${await realtime.token(honest)}`]) {
      const socket = await realtime.open(`?ticket=${ticket}`);
      expect({ ticket, code: (await socket.untilClosed()).code }).toEqual({ ticket, code: 4001 });
      expect(socket.frames).toEqual([]);
    }
    await expectUndisturbed();
    first.socket.close();
  });

  it('positions that mean nothing, and chats that one may not see: gap and NOT_FOUND, nothing told of them', async () => {
    const secret = await realtime.chat(honest, foreign);
    await realtime.send(secret, foreign, 'secret');
    const socket = await realtime.connect(hostile);
    const epoch = socket.frames[0]?.data['epoch'];
    const answers = [];
    for (const id of [secret, 987_654]) {
      const answer = await socket.ask({ type: 'resume', epoch, cursors: { [id]: 0 } });
      answers.push(JSON.stringify(answer.data['error']).replaceAll(String(id), 'ID'));
    }
    expect(answers[0]).toContain('NOT_FOUND');
    expect(answers[0]).toBe(answers[1]);
    const end = socket.frames[0]?.data['heads'] as Record<string, number>;
    expect((await socket.ask({ type: 'resume', epoch, cursors: { [chat]: 1_000_000 } })).type).toBe('ack');
    const gaps = socket.frames.filter(({ type }) => type === 'gap');
    expect(gaps.map(({ data }) => data)).toEqual([{ chat_id: chat, from: 0, to: end[chat] }]);
    await realtime.send(secret, foreign, 'secret again');
    await bystander.next(({ type, chat_id, seq }) => type === 'message.created' && chat_id === secret && seq === 3);
    await expectUndisturbed();
    expect(JSON.stringify(socket.frames)).not.toContain('secret');
    expect(socket.entries(secret)).toEqual([]);
    socket.socket.close();
  });
});
