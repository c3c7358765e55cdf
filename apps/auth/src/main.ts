import 'reflect-metadata';
import { runApp } from '#service/run.js';
import { authApp } from './auth.app.js';

await runApp(authApp);
