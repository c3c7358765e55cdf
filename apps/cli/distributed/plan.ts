import { parseArgs } from 'node:util';

/** One process to start: which app, which of its replicas, on which ports. A port of 0 is a free one. */
export interface PlannedProcess {
  readonly app: string;
  readonly replica: number;
  readonly port?: number;
  readonly healthPort: number;
}

export const services = ['auth', 'chat', 'message', 'search'] as const;
const most = 20;

export const usage = `npm run start:distributed [-- --gateways N --auth N --chat N --message N --search N]

Runs every app as a process of its own over NATS, Redis and PostgreSQL. What is not given by URL is started here:
  DATABASE_ADMIN_URL  PostgreSQL, as a role that may create roles and databases
  NATS_URL            nats://host:4222
  REDIS_URL           redis://host:6379
PORT (8080) is the first gateway's port, the others follow it; HEALTH_PORT (9100): services from +1, gateways from +10.`;

/** What the arguments ask for; throws a sentence about the first that makes no sense. */
export function plan(args: readonly string[], port: number, healthPort: number): PlannedProcess[] {
  const names = ['gateways', ...services];
  const { values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
  });
  const count = (name: string) => {
    const value = values[name] ?? '1';
    const number = Number(value);
    if (!Number.isInteger(number) || number < 1 || number > most)
      throw new Error(`--${name} must be a whole number from 1 to ${most}, not "${String(value)}".`);
    return number;
  };
  const health = (offset: number) => (healthPort === 0 ? 0 : healthPort + offset);
  const replicas = (name: string) => Array.from({ length: count(name) }, (_, replica) => replica);
  return [
    ...services.flatMap((app, index) =>
      replicas(app).map((replica) => ({ app, replica, healthPort: replica === 0 ? health(index + 1) : 0 })),
    ),
    ...replicas('gateways').map((replica) => ({
      app: 'gateway',
      replica,
      port: port + replica,
      healthPort: health(10 + replica),
    })),
  ];
}
