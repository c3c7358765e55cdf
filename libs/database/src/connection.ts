import type pg from 'pg';
import { isConnectionLost } from './errors.js';
import { attempt } from './refusal.js';

/** A connection that somebody has for a while. Once it is lost nothing more is sent on it, and the pool drops it. */
export class Connection {
  private lost: Error | undefined;
  private readonly onError = (error: Error) => void (this.lost ??= error);

  constructor(private readonly client: pg.PoolClient) {
    // Between two statements nobody else hears that the connection has ended: it would end the process.
    client.on('error', this.onError);
  }

  /** Fails at once where the connection is lost: the driver would wait behind what is not answered. */
  async query<Row extends object>(query: string | pg.QueryConfig): Promise<pg.QueryResult<Row>> {
    if (this.lost !== undefined) throw this.lost;
    try {
      return await this.client.query<Row>(query);
    } catch (error) {
      if (isConnectionLost(error)) this.lost = error as Error;
      throw error;
    }
  }

  /** PostgreSQL itself rolls back what was begun on a connection that ends. */
  async rollBack(operation: string): Promise<void> {
    if (this.lost !== undefined) return;
    await attempt(operation, () => this.query('ROLLBACK')).catch((error: unknown) => {
      this.lost = error instanceof Error ? error : new Error(String(error));
    });
  }

  release(): void {
    this.client.off('error', this.onError);
    this.client.release(this.lost);
  }
}
