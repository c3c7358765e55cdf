import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { clusterName } from './postmaster-lock.js';

/** How PostgreSQL is started unless its caller says otherwise, as in postgresql.conf. */
export function defaultSettings(programs: string, durable: boolean): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    cluster_name: clusterName,
    lc_messages: 'C',
    timezone: 'UTC',
    log_line_prefix: '',
    // Statements, parameters, and the details that quote values hold what people wrote.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
    ...logWrites(),
    ...slowStatements(programs),
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
}

/**
 * How the write-ahead log meets the disk, as safely as by default: writing and syncing is one call, and a new file of
 * the log is not filled with zeroes first, for which every commit waited some 50 ms (README, Decisions).
 */
function logWrites(): Record<string, string> {
  if (process.platform !== 'linux') return {};
  return { wal_sync_method: 'open_datasync', wal_init_zero: 'off' };
}

/** Writes the plan of what took long to the log, without measuring each of its steps: that would cost every statement. */
function slowStatements(programs: string): Record<string, string> {
  const library = ['so', 'dylib'].some((kind) =>
    existsSync(join(programs, 'lib', 'postgresql', `auto_explain.${kind}`)),
  );
  if (!library) return {};
  return {
    shared_preload_libraries: 'auto_explain',
    'auto_explain.log_min_duration': '200ms',
    'auto_explain.log_parameter_max_length': '0',
    'auto_explain.log_nested_statements': 'on',
    'auto_explain.log_analyze': 'off',
  };
}
