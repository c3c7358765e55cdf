// `npm start`: needs nothing but Node. Installs and builds what is missing, then runs the standalone server in this process.
import module from 'node:module';
import { readArguments } from './launcher/arguments.mjs';
import { stopWithNpm } from './launcher/parent.mjs';
import { prepare } from './prepare.mjs';

const help = `npm start [-- --help]

Starts the whole of Fechatter in one process, with its own PostgreSQL. The first start installs the packages and builds;
later ones only do again what has changed. Stop with Ctrl-C.

  PORT                where people and programs connect          8080
  HEALTH_PORT         probes and metrics                         9100
  HOST                address to listen on                       127.0.0.1
  FECHATTER_DATA_DIR  where everything that was said is kept     ./data

  PORT=8090 npm start          another port
  rm -rf data && npm start     begin with empty data

The same system as several processes: npm run start:distributed`;

readArguments(help);
stopWithNpm();
await prepare();
// Node 22 and later keep the compiled form of every module: a quicker start.
module.enableCompileCache?.('node_modules/.cache/compiled');
const { main } = await import('../../dist/apps/standalone/src/main.js');
await main();
