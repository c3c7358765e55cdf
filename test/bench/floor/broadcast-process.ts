/**
 * A bare WebSocket server as a process of its own, which answers each message with the same bytes to every socket; they
 * are framed once.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { serverFrame } from '../../load/frame-reader.js';
import type { Order } from './http-process.js';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
const sockets = new Set<Duplex>();
let framed: Buffer = Buffer.alloc(0);

server.on('connection', (webSocket, { socket }) => {
  sockets.add(socket);
  webSocket.on('close', () => sockets.delete(socket));
  webSocket.on('message', () => {
    for (const each of sockets) each.write(framed);
  });
});

process.on('message', (order: Order) => {
  framed = serverFrame(Buffer.from(order.page));
  process.send?.({ done: true });
});
process.once('disconnect', () => process.exit(0));

await once(server, 'listening');
process.send?.({ port: (server.address() as AddressInfo).port });
