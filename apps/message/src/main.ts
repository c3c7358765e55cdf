import 'reflect-metadata';
import { runApp } from '#service/run.js';
import { messageApp } from './message.app.js';

await runApp(messageApp);
