import 'reflect-metadata';
import { runApp } from '#service/run.js';
import { chatApp } from './chat.app.js';

await runApp(chatApp);
