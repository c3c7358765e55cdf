import 'reflect-metadata';
import { runApp } from '#service/run.js';
import { searchApp } from './search.app.js';

await runApp(searchApp);
