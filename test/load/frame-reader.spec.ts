import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocketServer, type WebSocket } from 'ws';
import { FrameReader, serverFrame } from './frame-reader.js';
import { RawSocket } from './raw-socket.js';

const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000];

function readAll(bytes: Buffer, step: number): unknown[] {
  const seen: unknown[] = [];
  const reader = new FrameReader({
    onText: (chunk, start, end) => seen.push(chunk.toString('utf8', start, end)),
    onPing: (payload) => seen.push({ ping: payload.toString('utf8') }),
    onClose: (code) => seen.push({ close: code }),
  });
  for (let at = 0; at < bytes.length; at += step) {
    const chunk = Buffer.from(bytes.subarray(at, at + step));
    reader.push(chunk);
    // As a connection that reads into one buffer again and again.
    chunk.fill(0xff);
  }
  return seen;
}

describe(FrameReader.name, () => {
  it.each([
    [1, 300],
    [97, 70_000],
    [4_096, 70_000],
    [1_000_000, 70_000],
  ])('reads frames that arrive in pieces of %d bytes', (step, longest) => {
    const texts = lengths
      .filter((length) => length <= longest)
      .map((length) => 'ä'.repeat(length >> 1) + 'x'.repeat(length % 2));
    const frames = texts.map((text) => serverFrame(Buffer.from(text)));
    const others = [serverFrame(Buffer.from('hi'), 'ping'), serverFrame(Buffer.from([0x0f, 0xa8]), 'close')];
    expect(readAll(Buffer.concat([...frames, ...others]), step)).toEqual([...texts, { ping: 'hi' }, { close: 4008 }]);
  });

  it('refuses what our servers never send', () => {
    expect(() => readAll(Buffer.from([0x82, 1, 0x78]), 9)).toThrow('0x82');
    expect(() => readAll(Buffer.from([0x01, 1, 0x78]), 9)).toThrow('0x1');
  });
});

describe(RawSocket.name, () => {
  let server: WebSocketServer;
  let port: number;

  beforeAll(async () => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });

  afterAll(() => server.close());

  it('talks to a real server, answers its pings and hears its close', async () => {
    const accepted = once(server, 'connection') as Promise<[WebSocket]>;
    const seen: string[] = [];
    let tellClosed: (code: number) => void;
    const closed = new Promise<number>((resolve) => (tellClosed = resolve));
    const socket = await RawSocket.open(port, '/', {
      onText: (_socket, bytes, start, end) => seen.push(bytes.toString('utf8', start, end)),
      onEnd: (_socket, code) => tellClosed(code),
    });
    const [peer] = await accepted;
    const texts = lengths.map((length) => 'y'.repeat(length));
    const heard: string[] = [];
    peer.on('message', (data: Buffer) => {
      heard.push(data.toString('utf8'));
      peer.send(data, { binary: false });
      if (heard.length === texts.length) peer.ping('are you there');
    });
    const pong = once(peer, 'pong') as Promise<[Buffer]>;
    for (const text of texts) socket.send(text);
    expect((await pong)[0].toString('utf8')).toBe('are you there');
    expect(heard).toEqual(texts);
    expect(seen).toEqual(texts);
    peer.close(4008, 'too slow');
    expect(await closed).toBe(4008);
  });

  it('fails where the server does not take it', async () => {
    const refusing = new WebSocketServer({ host: '127.0.0.1', port: 0, verifyClient: () => false });
    await once(refusing, 'listening');
    const there = (refusing.address() as AddressInfo).port;
    await expect(RawSocket.open(there, '/', { onText: () => undefined })).rejects.toThrow('401');
    refusing.close();
  });
});
