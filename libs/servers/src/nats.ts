import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
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
 * Starts a nats-server without JetStream: Fechatter's truth is in PostgreSQL, NATS only carries.
 * @throws ServerError with a sentence for the person
 */
export async function startNats(options: SystemServerOptions): Promise<SystemServer> {
  const name = `fechatter-${randomUUID()}`;
  return await startSystemServer(
    {
      title: 'NATS',
      scheme: 'nats',
      program,
      // It shares the machine with those whom it serves: threads that take turns cost more than they carry (README, Decisions).
      environment: { GOMAXPROCS: String(Math.max(1, Math.floor(availableParallelism() / 4))) },
      ready: /Server is ready/,
      arguments: (port) => ['--addr', '127.0.0.1', '--port', String(port), '--name', name],
      // The server greets with an INFO line that holds its name.
      isOurs: async (port) => (await ask(port, '', /^INFO (\{.*\})\s*\r\n/))[1]!.includes(`"server_name":"${name}"`),
    },
    options,
  );
}
