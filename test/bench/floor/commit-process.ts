/**
 * A bare WebSocket server as a process of its own, with one commit behind it: what a message says is stored in a
 * PostgreSQL, then the same bytes go to every socket but the sender's, and a short answer to the sender.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { Statements } from './statements.js';
import type { Order } from './http-process.js';

const statements = await Statements.open(process.argv[2] ?? '', 1);
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
let page = '';

server.on('connection', (sender: WebSocket) => {
  sender.on('message', (data: Buffer) => {
    void statements.insertOne(data.toString('utf8')).then(() => {
      for (const socket of server.clients) if (socket !== sender) socket.send(page);
      sender.send('{"type":"ack","data":{}}');
    });
  });
});

process.on('message', (order: Order) => {
  page = order.page;
  process.send?.({ done: true });
});
process.once('disconnect', () => process.exit(0));

await once(server, 'listening');
process.send?.({ port: (server.address() as AddressInfo).port });
