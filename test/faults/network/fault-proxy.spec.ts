import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing/eventually.js';
import { FaultProxy, type Target } from './fault-proxy.js';

/** A server that says its name and then what it hears. */
async function startEcho(name: string): Promise<{ server: Server; target: Target }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(`${name}:`);
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, target: { host: '127.0.0.1', port: (server.address() as { port: number }).port } };
}

class Client {
  heard = '';
  closed: string | undefined;

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => (this.heard += chunk.toString()));
    socket.on('error', (error: NodeJS.ErrnoException) => (this.closed = error.code));
    socket.on('close', () => (this.closed ??= 'end'));
  }

  hears(text: string): Promise<true> {
    return eventually(() => this.heard === text, `“${text}”, not “${this.heard}”`);
  }

  isClosed(): Promise<string> {
    return eventually(() => this.closed, 'the connection is closed');
  }
}

let echo: Awaited<ReturnType<typeof startEcho>>;
let proxy: FaultProxy;
const open = () => new Client(connect(proxy.port, '127.0.0.1'));

beforeEach(async () => {
  echo = await startEcho('one');
  proxy = await FaultProxy.start(echo.target);
});
afterEach(async () => {
  await proxy.close();
  echo.server.close();
});

describe('the fault proxy', () => {
  it('passes everything on, both ways, and ends when an end does', async () => {
    const client = open();
    const long = 'x'.repeat(3_000_000);
    client.socket.end(long);
    expect(await client.isClosed()).toBe('end');
    expect(client.heard === `one:${long}`).toBe(true);
    await eventually(() => proxy.openConnections === 0, 'nothing stays open');
    expect(proxy.counts).toEqual({ connections: 1, cuts: 0, refused: 0 });
  });

  it('cuts every connection and turns new ones away for a time', async () => {
    const clients = [open(), open()];
    await Promise.all(clients.map((client) => client.hears('one:')));
    const over = proxy.cutOff(2_000);
    expect(await Promise.all(clients.map((client) => client.isClosed()))).toEqual(['ECONNRESET', 'ECONNRESET']);
    expect(await open().isClosed()).toBe('ECONNRESET');
    await over;
    await open().hears('one:');
    expect(proxy.counts).toEqual({ connections: 3, cuts: 2, refused: 1 });
  });

  it('takes new connections elsewhere', async () => {
    const other = await startEcho('two');
    const first = open();
    await first.hears('one:');
    proxy.target = other.target;
    const second = open();
    await second.hears('two:');
    first.socket.write('still');
    await first.hears('one:still');
    for (const { socket } of [first, second]) socket.destroy();
    other.server.close();
  });

  it('swallows everything as a black hole, and the connection stays', async () => {
    const client = open();
    await client.hears('one:');
    proxy.isBlackHole = true;
    client.socket.write('lost');
    const witness = open();
    await once(witness.socket, 'connect');
    proxy.isBlackHole = false;
    client.socket.write('heard');
    await client.hears('one:heard');
    expect(client.closed).toBeUndefined();
  });

  it('cuts in the middle, after so many bytes', async () => {
    proxy.bytesLeft = 100;
    const client = open();
    await client.hears('one:');
    client.socket.write('y'.repeat(50));
    await client.hears(`one:${'y'.repeat(50)}`);
    client.socket.write('y'.repeat(50));
    expect(await client.isClosed()).toBe('ECONNRESET');
    expect(client.heard).toHaveLength(54);
  });

  it('delays each way and keeps the order', async () => {
    proxy.latencyMs = 40;
    const client = open();
    const started = performance.now();
    for (const digit of '0123456789') client.socket.write(digit);
    await client.hears('one:0123456789');
    expect(performance.now() - started).toBeGreaterThan(75);
  });
});
