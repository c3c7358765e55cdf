import type { HealthIndicator, HealthReport } from '#telemetry/health-indicator.js';
import type { Database } from './database.js';
import type { ServiceDataSource } from './data-source.js';
import type { Pool } from './pools.js';
import { sql } from './statement.js';

const ping = sql('database.ping', 'SELECT 1 AS one');

/** Up when PostgreSQL answers; `current` when the schema has every migration that this build knows. */
export class DatabaseIndicator implements HealthIndicator {
  readonly name = 'database';
  readonly required = true;

  constructor(
    private readonly database: Database,
    private readonly service: ServiceDataSource,
    private readonly pools: readonly Pool[],
  ) {}

  async check(): Promise<HealthReport> {
    await this.database.query(ping);
    const pools = Object.fromEntries(this.pools.map(({ name, database }) => [name, database.poolState()]));
    return { state: 'up', details: { pools } };
  }

  async isCurrent(): Promise<boolean> {
    const applied = await this.database.query<{ name: string }>(
      sql(`database.migrations.${this.service.schema}`, `SELECT name FROM ${this.service.schema}.migration`),
    );
    const names = new Set(applied.map((row) => row.name));
    return this.service.migrations.every((migration) => names.has(migration.name));
  }
}
