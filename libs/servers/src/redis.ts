import { ask } from './ask.js';
import {
  startSystemServer,
  type SystemServer,
  type SystemServerKind,
  type SystemServerOptions,
} from './system-server.js';

const kind: SystemServerKind = {
  title: 'Redis',
  scheme: 'redis',
  program: {
    name: 'redis-server',
    path: 'usr/bin/redis-server',
    packages: ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1'],
    apt: 'redis-server',
    brew: 'redis',
  },
  ready: /Ready to accept connections/,
  arguments: (port, dir) => [
    '--bind',
    '127.0.0.1',
    '--port',
    String(port),
    '--dir',
    dir,
    '--save',
    '',
    '--appendonly',
    'no',
    '--daemonize',
    'no',
  ],
  isOurs: async (port, pid) => Number((await ask(port, 'INFO server\r\n', /process_id:(\d+)\r\n/))[1]) === pid,
};

/** Starts a redis-server that keeps nothing on disk: it is a cache. Throws a ServerError with a sentence for the person. */
export async function startRedis(options: SystemServerOptions): Promise<SystemServer> {
  return await startSystemServer(kind, options);
}
