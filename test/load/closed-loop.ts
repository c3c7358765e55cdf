import type { Connection } from './connection.js';
import type { Lane } from './lane.js';
import { inShares } from './schedule.js';

/**
 * Keeps one request in flight on every connection from now on until `endMs`, and counts what begins and is answered
 * between `beginMs` and `endMs` (times of performance.now()). Settles when the last answer has come.
 */
export async function closedLoop(
  connections: readonly Connection[],
  lanes: readonly Lane[],
  beginMs: number,
  endMs: number,
): Promise<void> {
  const order = inShares(lanes.map((item) => ({ item, weight: item.target.weight ?? 1 })));
  const run = (connection: Connection) =>
    new Promise<void>((resolve) => {
      const next = (usable: boolean) => {
        const now = performance.now();
        if (!usable || now >= endMs) resolve();
        else (order.next().value as Lane).send(connection, now, beginMs, endMs, next);
      };
      next(true);
    });
  await Promise.all(connections.map(run));
}
