import assert from 'node:assert/strict';
import { Peer } from './peer.js';
import type { Scenario } from './scenario.js';

const ping = Buffer.from('{"type":"ping"}');

/** A frame as a client sends it (RFC 6455, section 5.2), with whatever first byte; masked with zeros. */
function frame(first: number, payload: Buffer, { masked = true, declared = payload.length } = {}): Buffer {
  const head = Buffer.alloc(10);
  head[0] = first;
  head[1] = (masked ? 0x80 : 0) | 127;
  head.writeBigUInt64BE(BigInt(declared), 2);
  return Buffer.concat([head, masked ? Buffer.alloc(4) : Buffer.alloc(0), payload]);
}

const short = (first: number, payload: Buffer) =>
  Buffer.concat([Buffer.from([first, 0x80 | payload.length, 0, 0, 0, 0]), payload]);

/** What is said, and with which code the server closes for it. */
const closes: readonly (readonly [what: string, say: (peer: Peer) => void, code: number])[] = [
  ['text that is no JSON', (peer) => peer.send('hello'), 4009],
  ['an empty text', (peer) => peer.send(''), 4009],
  ['JSON that is cut short', (peer) => peer.send('{"type":"ping"'), 4009],
  ['an array', (peer) => peer.send('[{"type":"ping"}]'), 4009],
  ['null', (peer) => peer.send('null'), 4009],
  ['a binary frame', (peer) => peer.send(ping), 4009],
  ['bytes that are no UTF-8', (peer) => peer.sendBytes(short(0x81, Buffer.from([0xc3, 0x28]))), 1007],
  ['a frame of one byte too many', (peer) => peer.send(' '.repeat(128 * 1024 + 1)), 1009],
  ['a frame that declares a gigabyte', (peer) => peer.sendBytes(frame(0x81, ping, { declared: 2 ** 30 })), 1009],
  ['fragments without an end', sendFragments, 1009],
  [
    'a frame that is not masked',
    (peer) => peer.sendBytes(Buffer.concat([Buffer.from([0x81, ping.length]), ping])),
    1002,
  ],
  ['a reserved bit', (peer) => peer.sendBytes(short(0xc1, ping)), 1002],
  ['a reserved opcode', (peer) => peer.sendBytes(short(0x83, ping)), 1002],
  ['a continuation of nothing', (peer) => peer.sendBytes(short(0x80, ping)), 1002],
  ['a control frame that is too long', (peer) => peer.sendBytes(frame(0x89, Buffer.alloc(126))), 1002],
];

function sendFragments(peer: Peer): void {
  peer.sendBytes(frame(0x01, Buffer.alloc(60_000, ' ')));
  for (let part = 0; part < 3; part++) peer.sendBytes(frame(0x00, Buffer.alloc(60_000, ' ')));
}

/** Frames that are answered with an error, after which the connection goes on. */
const refused: readonly (readonly [what: string, frame: object, code: string])[] = [
  ['an unknown type', { type: 'dance' }, 'VALIDATION_ERROR'],
  ['an unknown field', { type: 'ping', more: 1 }, 'VALIDATION_ERROR'],
  ['a chat id as text', { type: 'typing', chat_id: '1' }, 'VALIDATION_ERROR'],
  ['a position below zero', { type: 'read', chat_id: 1, seq: -1 }, 'VALIDATION_ERROR'],
  ['an empty message', { type: 'send', chat_id: 1, content: '' }, 'VALIDATION_ERROR'],
  ['a message that is too long', { type: 'send', chat_id: 1, content: 'x'.repeat(16_385) }, 'VALIDATION_ERROR'],
  ['a message with a NUL', { type: 'send', chat_id: 1, content: 'a\u0000b' }, 'VALIDATION_ERROR'],
  ['a key that names the prototype', JSON.parse('{"type":"ping","__proto__":{"x":1}}') as object, 'VALIDATION_ERROR'],
  ['more people to watch than one may', { type: 'presence.watch', user_ids: Array(501).fill(1) }, 'VALIDATION_ERROR'],
  ['positions of what is no chat', { type: 'resume', epoch: 1, cursors: { a: 1 } }, 'VALIDATION_ERROR'],
];

/** The reactions to what no decent client sends. */
export const frames: readonly Scenario[] = [
  ...closes.map(([what, say, code]): Scenario => ({
    name: `closes with ${code} for ${what}`,
    run: async (world) => {
      const [guilty, witness] = [await world.enter(world.person(0)), await world.enter(world.person(0))];
      say(guilty);
      assert.equal((await guilty.closing()).code, code);
      assert.equal((await witness.ask({ type: 'ping' })).type, 'pong');
      await witness.leave();
    },
  })),
  ...refused.map(([what, said, code]): Scenario => ({
    name: `refuses ${what} and goes on`,
    run: async (world) => {
      const peer = await world.enter(world.person(0));
      assert.equal(await peer.refusal(said), code);
      assert.equal((await peer.ask({ type: 'ping' })).type, 'pong');
      assert.equal(({} as Record<string, unknown>)['x'], undefined);
      await peer.leave();
    },
  })),
  {
    name: 'takes a frame in fragments',
    run: async (world) => {
      const peer = await world.enter(world.person(0));
      peer.sendBytes(
        Buffer.concat([short(0x01, ping.subarray(0, 5)), short(0x89, ping), short(0x80, ping.subarray(5))]),
      );
      await peer.next(({ type }) => type === 'pong');
      await peer.leave();
    },
  },
  {
    name: 'survives JSON that is sixty thousand deep',
    run: async (world) => {
      const peer = await world.enter(world.person(0));
      const depth = 60_000;
      peer.send(`{"type":"ping","x":${'['.repeat(depth)}${']'.repeat(depth)}}`);
      const reaction = await Promise.race([peer.next(({ type }) => type === 'error'), peer.closing()]);
      assert.ok('type' in reaction || reaction.code === 4009);
      await peer.leave();
    },
  },
  {
    name: 'closes with 4029 whoever sends too many frames',
    run: async (world) => {
      const peer = await world.enter(world.person(1), world.limited);
      for (let count = 0; count < 100; count++) peer.send({ type: 'ping' });
      assert.equal((await peer.closing()).code, 4029);
    },
  },
  {
    name: 'closes with 4029 whoever pings too often',
    run: async (world) => {
      const peer = await world.enter(world.person(1), world.limited);
      for (let count = 0; count < 100; count++) peer.socket.ping();
      assert.equal((await peer.closing()).code, 4029);
    },
  },
  {
    name: 'closes with 4001 whoever speaks before they sign in',
    run: async (world) => {
      const peer = await Peer.open(world.first.url);
      peer.send({ type: 'ping' });
      assert.equal((await peer.closing()).code, 4001);
      assert.deepEqual(peer.frames, []);
    },
  },
];
