import pg from 'pg';
import './bigint.js';

/** A setting of a running server, as pg_settings shows it. */
export interface LiveSetting {
  readonly name: string;
  readonly setting: string;
  readonly unit: string | null;
}

/** A statement that took much of the server's time. */
export interface Costly {
  readonly calls: number;
  readonly total_ms: number;
  readonly query: string;
}

const settings = 'SELECT name, setting, unit FROM pg_settings';
const counted = `SELECT 1 FROM pg_extension WHERE extname = 'pg_stat_statements'`;
/** Without those that set passwords, which would be shown with them. */
const costly = `
  SELECT calls, round(total_exec_time) AS total_ms, left(regexp_replace(query, '\\s+', ' ', 'g'), 100) AS query
  FROM pg_stat_statements WHERE query !~* '\\mpassword\\M' ORDER BY total_exec_time DESC LIMIT 10`;

/** How a PostgreSQL is set, and what took most of its time; undefined where it does not count that. */
export async function readServer(url: string): Promise<{ settings: LiveSetting[]; costly: Costly[] | undefined }> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const { rows } = await client.query<LiveSetting>(settings);
    const isCounted = (await client.query(counted)).rowCount === 1;
    return { settings: rows, costly: isCounted ? (await client.query<Costly>(costly)).rows : undefined };
  } finally {
    await client.end();
  }
}
