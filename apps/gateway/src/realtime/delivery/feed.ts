import type { Connection } from '../connection/connection.js';
import type { Delivery } from './delivery.js';

/** All that one connection receives: a delivery for each chat that its user has, or has had since it connected. */
export class Feed {
  readonly deliveries = new Map<number, Delivery>();
  /** Resolves when the positions that the client has named so far hold, or are refused. */
  named: Promise<unknown> = Promise.resolve();

  constructor(readonly connection: Connection) {}
}
