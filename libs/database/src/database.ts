import type pg from 'pg';
import type { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { inChildSpan } from '#telemetry/tracing.js';
import { Connection } from './connection.js';
import { attempt, refusalOf } from './refusal.js';
import type { Statement } from './statement.js';

/** Runs named statements inside one transaction. */
export interface Transaction {
  query<Row extends object>(statement: Statement, params?: readonly unknown[]): Promise<Row[]>;
}

/** How full the pool is. */
export interface PoolState {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
  readonly max: number;
}

/** What a transaction does beside its statements. */
type Step = 'connect' | 'begin' | 'commit' | 'rollback';

const mostWaiting = 1_000;
const sqlSpan = { kind: 'client', attributes: { 'db.system.name': 'postgresql' } } as const;

/**
 * A service's own part of PostgreSQL. Every statement is named and prepared; TypeORM holds schema, entities, migrations
 * and the pool. Only repositories hold one of these.
 */
export class Database {
  /** By which metrics know them: like statements they belong to a service. */
  private readonly nameOf: Readonly<Record<Step, string>>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly prepared = true,
    /** Set for each statement: where a session cannot be given a time-out of its own. */
    private readonly statementTimeoutMs?: number,
  ) {
    const { schema } = dataSource.driver;
    const name = (step: Step) => `${schema}.${step}`;
    this.nameOf = {
      connect: name('connect'),
      begin: name('begin'),
      commit: name('commit'),
      rollback: name('rollback'),
    };
  }

  private get begin(): string {
    const limit = this.statementTimeoutMs;
    return limit === undefined ? 'BEGIN' : `BEGIN; SET LOCAL statement_timeout = ${limit}`;
  }

  private get pool(): pg.Pool {
    return (this.dataSource.driver as PostgresDriver).master as pg.Pool;
  }

  /** Rows of one statement. Bigints are numbers, timestamps are Dates. Throws UNAVAILABLE for what will pass by itself. */
  async query<Row extends object>(statement: Statement, params: readonly unknown[] = []): Promise<Row[]> {
    if (this.statementTimeoutMs !== undefined)
      return this.transaction((transaction) => transaction.query<Row>(statement, params));
    this.checkRoom(statement.name);
    return this.run<Row>((query) => this.pool.query<Row>(query), statement, params);
  }

  /** Commits when `work` succeeds, rolls back when it throws. READ COMMITTED: each statement has a fresh snapshot. */
  async transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    const { connect, begin, commit, rollback } = this.nameOf;
    this.checkRoom(connect);
    const connection = new Connection(await attempt(connect, () => this.pool.connect()));
    try {
      await attempt(begin, () => connection.query(this.begin));
      const result = await work({
        query: <Row extends object>(statement: Statement, params: readonly unknown[] = []) =>
          this.run<Row>((query) => connection.query<Row>(query), statement, params),
      });
      await attempt(commit, () => connection.query('COMMIT'));
      return result;
    } catch (error) {
      await connection.rollBack(rollback);
      throw error;
    } finally {
      connection.release();
    }
  }

  poolState(): PoolState {
    const { totalCount: total, idleCount: idle, waitingCount: waiting, options } = this.pool;
    return { total, idle, waiting, max: options.max };
  }

  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  private async run<Row extends object>(
    ask: (query: pg.QueryConfig) => Promise<pg.QueryResult<Row>>,
    { name, text }: Statement,
    params: readonly unknown[],
  ): Promise<Row[]> {
    const values = [...params];
    const query = this.prepared ? { name, text, values } : { text, values };
    const { rows } = await inChildSpan({ name, ...sqlSpan }, () => attempt(name, () => ask(query)));
    return rows;
  }

  /** Refuses at once when so many wait already that the time-out would only come later. */
  private checkRoom(operation: string): void {
    if (this.pool.waitingCount >= mostWaiting) throw refusalOf(operation, new Error('Connection pool exhausted'));
  }
}
