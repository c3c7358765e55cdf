import type { PostgresServer } from '#servers/postgres.js';
import { suspend } from '#servers/suspend.js';
import { descendantsOf } from '../processes.js';
import type { Process } from './part.js';

/** PostgreSQL with the process of each of its connections, as one that can be frozen. */
export function postgresProcess(server: PostgresServer): Process {
  let frozen: number[] = [];
  return {
    kill: () => server.kill(),
    stop: () => server.stop(),
    pause: () => {
      // First the one that starts the others.
      suspend(server.pid);
      frozen = [server.pid, ...descendantsOf(server.pid).map(({ pid }) => pid)];
      for (const pid of frozen) suspend(pid);
    },
    resume: () => {
      for (const pid of frozen) process.kill(pid, 'SIGCONT');
      frozen = [];
    },
  };
}
