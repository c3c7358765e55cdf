import { ConfigError } from '#config/config.js';
import type { Database } from './database.js';
import { sql } from './statement.js';

const read = sql(
  'database.connection_limit',
  `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
     - coalesce(current_setting('reserved_connections', true)::int, 0) AS server,
     rolconnlimit AS role, current_user AS name
   FROM pg_roles WHERE rolname = current_user`,
);

/**
 * Refuses a pool that PostgreSQL would not let grow to its size: the connections that are refused would look like an
 * outage, under load only.
 * @throws ConfigError with what to change
 */
export async function requireConnections(database: Database, max: number, variable: string): Promise<void> {
  const [row] = await database.query<{ server: number; role: number; name: string }>(read);
  if (row === undefined) return;
  if (max > row.server)
    throw new ConfigError([
      `${variable}: ${max} connections are more than the ${row.server} that PostgreSQL has for all; lower it or raise max_connections`,
    ]);
  if (row.role >= 0 && max > row.role)
    throw new ConfigError([
      `${variable}: ${max} connections are more than the ${row.role} that ${row.name} may open; lower it or raise the role's CONNECTION LIMIT`,
    ]);
}
