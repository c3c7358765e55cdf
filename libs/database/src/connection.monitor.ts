import { Gauge } from 'prom-client';
import { Logger } from '#telemetry/logger.js';
import { metrics } from '#telemetry/metrics.js';
import type { Database, PoolState } from './database.js';
import type { Pool } from './pools.js';

const everyMs = 10_000;
const nearlyAll = 0.9;

const logger = new Logger('database.pool');
const pools = new Map<string, Database>();

function gauge(name: string, help: string, value: (state: PoolState) => number): void {
  new Gauge({
    name,
    help,
    labelNames: ['pool'],
    registers: [metrics],
    collect() {
      this.reset();
      for (const [pool, database] of pools) this.set({ pool }, value(database.poolState()));
    },
  });
}

gauge('db_connections_active', 'Connections of the pool that are in use', ({ total, idle }) => total - idle);
gauge('db_connections_idle', 'Connections of the pool that wait for work', ({ idle }) => idle);
gauge('db_connections_waiting', 'Callers who wait for a connection', ({ waiting }) => waiting);
gauge('db_connections_max', 'Most connections that the pool may open', ({ max }) => max);

/** Shows how full the pools of a service are, and warns while one is nearly exhausted. */
export class ConnectionMonitor {
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly watched: readonly Pool[]) {
    for (const { name, database } of watched) pools.set(name, database);
    this.timer = setInterval(() => this.look(), everyMs).unref();
  }

  /**
   * Warns of a pool with more than nine tenths of its connections in use, or where that is normal with callers who wait.
   * Answers the names of those.
   */
  look(): string[] {
    return this.watched.filter(isNearlyExhausted).map(({ name, database }) => {
      const { total, idle, waiting, max } = database.poolState();
      logger.warn('Database connection pool nearly exhausted', { pool: name, active: total - idle, max, waiting });
      return name;
    });
  }

  stop(): void {
    clearInterval(this.timer);
    for (const { name, database } of this.watched) if (pools.get(name) === database) pools.delete(name);
  }
}

function isNearlyExhausted({ database, fullIsNormal = false }: Pool): boolean {
  const { total, idle, waiting, max } = database.poolState();
  return fullIsNormal ? waiting > 0 : total - idle > nearlyAll * max;
}
