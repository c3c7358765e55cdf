import 'reflect-metadata';
import { runApp } from '#service/run.js';
import { gatewayApp } from './gateway.app.js';

await runApp(gatewayApp);
