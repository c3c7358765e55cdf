/** The serving end of the bus as a process of its own; beside it a bare subscription that sends the bytes back. */
import 'reflect-metadata';
import { connect } from '@nats-io/transport-node';
import { NatsBus } from '#bus/nats-bus.js';
import { configureLogging } from '#telemetry/logger.js';
import { busSecret, serveEcho } from './echo-contract.js';

configureLogging('error', 'bench');
const [url = ''] = process.argv.slice(2);
const connection = await connect({ servers: url, noAsyncTraces: true });
connection.subscribe('bare', { callback: (_error, message) => void message.respond(message.data) });
await connection.flush();
await serveEcho(await NatsBus.connect({ url, secret: busSecret, name: 'bench-server' }));
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
