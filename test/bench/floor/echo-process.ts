/** A bare WebSocket server as a process of its own: what a message over a socket costs when nothing is behind it. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket: WebSocket) => {
  socket.on('message', (data: Buffer) => socket.send(data, { binary: false }));
});
process.once('disconnect', () => process.exit(0));

await once(server, 'listening');
process.send?.({ port: (server.address() as AddressInfo).port });
