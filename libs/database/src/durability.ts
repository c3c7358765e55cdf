import { ConfigError } from '#config/config.js';
import type { Database } from './database.js';
import { sql } from './statement.js';

/** Without these a commit that was acknowledged may be gone, or the data torn, after a crash of the machine. */
const settings = ['fsync', 'full_page_writes', 'synchronous_commit'] as const;

const read = sql(
  'database.durability',
  `SELECT ${settings.map((name) => `current_setting('${name}') AS ${name}`).join(', ')}`,
);

/** Refuses a PostgreSQL that may lose what it has committed, by a ConfigError with the settings to change. */
export async function requireDurability(database: Database): Promise<void> {
  const [row] = await database.query<Record<(typeof settings)[number], string>>(read);
  const unsafe = settings.filter((name) => row?.[name] === 'off');
  if (unsafe.length === 0) return;
  throw new ConfigError(
    unsafe.map((name) => `PostgreSQL runs with ${name} = off and may lose messages: set it to on for production`),
  );
}
