import { sql } from './statement.js';

/** A service without tables, for specs of its connections. */
export const service = { schema: 'pool', entities: [], migrations: [] };

export const sleep = sql('spec.sleep', 'SELECT pg_sleep($1::float8)');
export const add = sql('spec.add', 'SELECT $1::int + $2::int AS sum, pg_backend_pid() AS pid');

/** What a session has been told, and what every session of ours is. */
export const settings = sql(
  'spec.settings',
  `SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
     current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('plan_cache_mode') AS plan`,
);
export const inForce = [{ statement: '10s', lock: '5s', idle: '15s', plan: 'force_generic_plan' }];
