import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSystemServer, type SystemServer, type SystemServerOptions } from './system-server.js';

/** Connections that PgBouncer opens for each user; as few as make clients share them. */
const serverConnections = 3;

const program = {
  name: 'pgbouncer',
  path: 'usr/sbin/pgbouncer',
  packages: ['pgbouncer', 'libc-ares2', 'libevent-2.1-7'],
  apt: 'pgbouncer',
  brew: 'pgbouncer',
};

/**
 * Starts a PgBouncer in transaction mode in front of a database, for tests. `targets` are URLs of it, one for each user
 * who may come, with the password. Throws a ServerError with a sentence for the person.
 */
export async function startPgbouncer(
  targets: readonly [string, ...string[]],
  options: SystemServerOptions,
): Promise<SystemServer> {
  const { hostname, port, pathname } = new URL(targets[0]);
  return await startSystemServer(
    {
      title: 'PgBouncer',
      scheme: 'postgres',
      program,
      ready: /process up: PgBouncer/,
      arguments: (listenPort, dir) => {
        const users = join(dir, 'users.txt');
        writeFileSync(users, targets.map(lineOf).join(''));
        const file = join(dir, 'pgbouncer.ini');
        writeFileSync(file, settings(`host=${hostname} port=${port} dbname=${pathname.slice(1)}`, listenPort, users));
        chmodSync(dir, 0o755);
        return [file];
      },
      isOurs: async () => true,
    },
    options,
  );
}

/** Of the file of users. */
function lineOf(target: string): string {
  const { username, password } = new URL(target);
  return `"${username}" "${decodeURIComponent(password)}"\n`;
}

function settings(database: string, port: number, users: string): string {
  // It refuses to work as root, and changes to the user that it is told.
  const user = process.getuid?.() === 0 ? ['user = nobody'] : [];
  return [
    '[databases]',
    `* = ${database}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = plain',
    `auth_file = ${users}`,
    'pool_mode = transaction',
    `default_pool_size = ${serverConnections}`,
    'max_client_conn = 500',
    ...user,
    '',
  ].join('\n');
}
