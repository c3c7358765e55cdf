// `npm run start:distributed`: needs nothing but Node. Installs and builds what is missing, then runs every app as a process.
import module from 'node:module';
import { readArguments } from './launcher/arguments.mjs';
import { stopWithNpm } from './launcher/parent.mjs';
import { prepare } from './prepare.mjs';

const help = `npm run start:distributed [-- --gateways N --auth N --chat N --message N --search N]

Runs every app as N processes of its own (1 to 20, default 1) over NATS, Redis and PostgreSQL. Servers that are not
given are started here: PostgreSQL from the npm packages, NATS and Redis from the PATH or the system's package archive.
The data is that of npm start. A process that dies is started again. Stop with Ctrl-C.

  PORT                 the first gateway's port, others follow    8080; 0 chooses free ones
  HEALTH_PORT          auth, chat, message and search have 1 to   9100; 0 chooses free ones
                       4 more, gateways 10 more and following
  HOST                 address to listen on                       127.0.0.1
  FECHATTER_DATA_DIR   where everything that was said is kept     ./data
  FECHATTER_CACHE_DIR  where fetched servers are kept             ~/.cache/fechatter/servers
  DATABASE_ADMIN_URL   your PostgreSQL, as a role that may create roles and databases
  NATS_URL             your NATS, nats://host:4222
  REDIS_URL            your Redis, redis://host:6379

  npm run start:distributed -- --gateways 2 --message 3`;

const apps = ['gateways', 'auth', 'chat', 'message', 'search'];
const most = 20;

/** How many processes of each app the arguments ask for. */
function countsOf(values) {
  const wrong = apps.find((app) => !/^\d{1,2}$/.test(values[app]) || values[app] < 1 || values[app] > most);
  if (wrong) throw new Error(`--${wrong} must be a whole number from 1 to ${most}, not "${values[wrong]}".`);
  return Object.fromEntries(apps.map((app) => [app, Number(values[app])]));
}

const number = { type: 'string', default: '1' };
const counts = readArguments(help, Object.fromEntries(apps.map((app) => [app, number])), countsOf);
stopWithNpm();
await prepare();
// Node 22 and later keep the compiled form of every module, here and in every process: a quicker start.
process.env.NODE_COMPILE_CACHE ??= 'node_modules/.cache/compiled';
module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);
const { main } = await import('../../dist/apps/cli/distributed/main.js');
await main(counts);
