import type { Database } from './database.js';

/** One pool of a service, as metrics and warnings call it. */
export interface Pool {
  /** The service's, or `message.flush` for a lane. */
  readonly name: string;
  readonly database: Database;
  /** All of its connections are busy whenever there is much to do; only callers who wait are a sign. */
  readonly fullIsNormal?: boolean;
}

/** All connections of a service: its pool, and its lane where it has one. */
export class Pools {
  constructor(readonly all: readonly Pool[]) {}

  get max(): number {
    return this.all.reduce((sum, { database }) => sum + database.poolState().max, 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map(({ database }) => database.close()));
  }
}
