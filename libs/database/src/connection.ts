import type pg from 'pg';
import { isConnectionLost, unavailable } from './errors.js';

/** A connection that somebody has for a while. Once it is lost nothing more is sent on it, and the pool drops it. */
export class Connection {
  private lost: Error | undefined;
  private readonly onError = (error: Error) => void (this.lost ??= error);

  constructor(readonly client: pg.PoolClient) {
    // Between two statements nobody else hears that the connection has ended: it would end the process.
    client.on('error', this.onError);
  }

  /** Fails at once where the connection is lost: the driver would wait behind what is not answered. */
  async use<Result>(run: () => Promise<Result>): Promise<Result> {
    if (this.lost !== undefined) throw unavailable(this.lost);
    try {
      return await run();
    } catch (error) {
      if (isConnectionLost(error)) this.lost = error as Error;
      throw error;
    }
  }

  /** PostgreSQL itself rolls back what was begun on a connection that ends. */
  async rollBack(run: () => Promise<unknown>): Promise<void> {
    if (this.lost !== undefined) return;
    await run().catch((error: unknown) => {
      this.lost = error instanceof Error ? error : new Error(String(error));
    });
  }

  release(): void {
    this.client.off('error', this.onError);
    this.client.release(this.lost);
  }
}
