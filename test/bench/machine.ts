import { cpus, loadavg, totalmem } from 'node:os';
import type pg from 'pg';

/** The machine that a run was made on. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly node: string;
  readonly platform: string;
}

export function thisMachine(): Machine {
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}

/** Average number of processes that wanted a core in the last minute. */
export function loadAverage(): number {
  return loadavg()[0] ?? 0;
}

const settings = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_sync_method',
  'shared_buffers',
  'max_wal_size',
];

/** Version and durability settings, as the running server reports them. */
export async function postgresSettings(admin: pg.Client): Promise<Record<string, string>> {
  const { rows } = await admin.query<{ name: string; value: string }>(
    `SELECT name, current_setting(name) AS value FROM unnest($1::text[]) name`,
    [settings],
  );
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}
