import pg from 'pg';
import { roleOf } from './prepare.js';

const settings = [
  `session_preload_libraries = 'auto_explain'`,
  `auto_explain.log_min_duration = '200ms'`,
  `auto_explain.log_parameter_max_length = 0`,
  `auto_explain.log_nested_statements = on`,
  // What people wrote is in the statements that fail and in the details of their errors.
  `log_min_error_statement = 'panic'`,
  `log_error_verbosity = 'terse'`,
  `log_parameter_max_length = 0`,
];

/**
 * What has to be run once as a superuser so that a PostgreSQL of one's own logs the plans of slow statements. Searches are
 * planned for their values, and plans quote them: of them nothing is logged.
 */
export function slowStatementSettings(services: readonly string[]): string[] {
  return services
    .filter((service) => service !== 'search')
    .flatMap((service) => settings.map((setting) => `ALTER ROLE ${roleOf(service)} SET ${setting};`));
}

/** Runs them; false when this role may not. */
export async function logSlowStatements(adminUrl: string, services: readonly string[]): Promise<boolean> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await client.query(`BEGIN; LOAD 'auto_explain'; ${slowStatementSettings(services).join('\n')} COMMIT;`);
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError) return false;
    throw error;
  } finally {
    await client.end();
  }
}
