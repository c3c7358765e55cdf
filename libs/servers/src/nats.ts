import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ask } from './ask.js';
import { startSystemServer, type SystemServer, type SystemServerOptions } from './system-server.js';

const program = {
  name: 'nats-server',
  path: 'usr/sbin/nats-server',
  packages: ['nats-server'],
  apt: 'nats-server',
  brew: 'nats-server',
};

/**
 * A process that hangs keeps its share of the requests of its queue until the server misses its pongs: by default after
 * four minutes, so after three to four seconds.
 */
const settingsFile = 'nats.conf';
const settings = `ping_interval: "1s"
ping_max: 2
`;

/**
 * Starts a nats-server without JetStream: Fechatter's truth is in PostgreSQL, NATS only carries.
 * Throws a ServerError with a sentence for the person.
 */
export async function startNats(options: SystemServerOptions): Promise<SystemServer> {
  const name = `fechatter-${randomUUID()}`;
  mkdirSync(options.dir, { recursive: true });
  writeFileSync(join(options.dir, settingsFile), settings);
  return await startSystemServer(
    {
      title: 'NATS',
      scheme: 'nats',
      program,
      // It shares the machine with those whom it serves: threads that take turns cost more than they carry (README, Decisions).
      environment: { GOMAXPROCS: String(Math.max(1, Math.floor(availableParallelism() / 4))) },
      ready: /Server is ready/,
      arguments: (port, dir) => [
        ...['--config', join(dir, settingsFile), '--name', name],
        ...['--addr', '127.0.0.1', '--port', String(port)],
      ],
      // The server greets with an INFO line that holds its name.
      isOurs: async (port) => (await ask(port, '', /^INFO (\{.*\})\s*\r\n/))[1]!.includes(`"server_name":"${name}"`),
    },
    options,
  );
}
