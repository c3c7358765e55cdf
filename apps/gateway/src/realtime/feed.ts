import type { Connection } from './connection.js';
import type { Delivery } from './delivery.js';

/** All that one connection receives: a delivery for each chat that its user has, or has had since it connected. */
export class Feed {
  readonly deliveries = new Map<number, Delivery>();

  constructor(readonly connection: Connection) {}
}
