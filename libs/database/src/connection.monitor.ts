import { Gauge } from 'prom-client';
import { Logger } from '#telemetry/logger.js';
import { metrics } from '#telemetry/metrics.js';
import type { Database, PoolState } from './database.js';

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

/** Shows how full the pool of a service is, and warns while it is nearly exhausted. */
export class ConnectionMonitor {
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly name: string,
    private readonly database: Database,
  ) {
    pools.set(name, database);
    this.timer = setInterval(() => this.look(), everyMs).unref();
  }

  /** Warns when more than nine tenths of the connections are in use. Answers whether it did. */
  look(): boolean {
    const { total, idle, waiting, max } = this.database.poolState();
    const active = total - idle;
    if (active <= nearlyAll * max) return false;
    logger.warn('Database connection pool nearly exhausted', { pool: this.name, active, max, waiting });
    return true;
  }

  stop(): void {
    clearInterval(this.timer);
    if (pools.get(this.name) === this.database) pools.delete(this.name);
  }
}
