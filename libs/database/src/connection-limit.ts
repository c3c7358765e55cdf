import pg from 'pg';
import { ConfigError } from '#config/config.js';
import type { Database } from './database.js';
import { sql } from './statement.js';

/** How many connections the processes of a service may open. */
export interface Demand {
  /** That sets how many each of them may open. */
  readonly variable: string;
  readonly max: number;
  readonly role: string;
  /** Default: one. */
  readonly processes?: number;
}

interface Allowed {
  readonly name: string;
  /** For all roles together. */
  readonly server: number;
  /** Below 0: no limit of its own. */
  readonly role: number;
}

const read = sql(
  'database.connection_limit',
  `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
     - coalesce(current_setting('reserved_connections', true)::int, 0) AS server,
     rolconnlimit AS role, rolname AS name
   FROM pg_roles WHERE rolname = ANY (coalesce($1::text[], ARRAY[current_user]))`,
);

/**
 * Refuses a pool that PostgreSQL would not let grow to its size: the connections that are refused would look like an
 * outage, under load only. Throws a ConfigError that says what to change.
 */
export async function requireConnections(database: Database, max: number, variable: string): Promise<void> {
  const [allowed] = await database.query<Allowed>(read, [null]);
  if (allowed !== undefined) refuse(problemsOf({ variable, max, role: allowed.name }, allowed));
}

/** The same for all who share the PostgreSQL of `url`: each of them, and the sum. The ConfigError has every problem. */
export async function requireConnectionsOfAll(url: string, demands: readonly Demand[]): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const { rows } = await client.query<Allowed>(read.text, [demands.map(({ role }) => role)]);
    const each = rows.flatMap((allowed) =>
      demands.filter(({ role }) => role === allowed.name).flatMap((demand) => problemsOf(demand, allowed)),
    );
    refuse([...each.sort(), ...problemsTogether(demands, rows[0]?.server ?? Infinity)]);
  } finally {
    await client.end();
  }
}

function problemsOf(demand: Demand, { server, role, name }: Allowed): string[] {
  const what = `${nameOf(demand)}: ${sizeOf(demand)} connections are more than the`;
  if (sizeOf(demand) > server)
    return [`${what} ${server} that PostgreSQL has for all; lower it or raise max_connections`];
  if (role >= 0 && sizeOf(demand) > role)
    return [`${what} ${role} that ${name} may open; lower it or raise the role's CONNECTION LIMIT`];
  return [];
}

function problemsTogether(demands: readonly Demand[], server: number): string[] {
  const sum = demands.reduce((total, demand) => total + sizeOf(demand), 0);
  if (sum <= server) return [];
  const names = demands.map(nameOf).join(' + ');
  return [
    `${names}: together ${sum} connections are more than the ${server} that PostgreSQL has for all; lower them or raise max_connections`,
  ];
}

function nameOf({ variable, processes = 1 }: Demand): string {
  return processes === 1 ? variable : `${processes} x ${variable}`;
}

function sizeOf({ max, processes = 1 }: Demand): number {
  return max * processes;
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new ConfigError(problems);
}
