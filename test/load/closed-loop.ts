import type { Connection } from './connection.js';
import { inShares } from './schedule.js';
import type { Tally } from './tally.js';

/**
 * Keeps one request in flight on every connection from now on until `endMs`, and counts what is answered from `beginMs`
 * on (times of performance.now()). Settles when the last answer has come.
 */
export async function closedLoop(
  connections: readonly Connection[],
  tallies: readonly Tally[],
  beginMs: number,
  endMs: number,
): Promise<void> {
  const order = inShares(tallies.map((item) => ({ item, weight: item.target.weight ?? 1 })));
  const single = tallies.length === 1 ? tallies[0] : undefined;
  const run = (connection: Connection) =>
    new Promise<void>((resolve) => {
      const next = () => {
        const tally = single ?? (order.next().value as Tally);
        const { request, wantsBody } = tally.next();
        const startedMs = performance.now();
        connection.send(request, wantsBody, (error, status, body) => {
          const endedMs = performance.now();
          const counts = endedMs >= beginMs && endedMs < endMs;
          if (counts) tally.count(startedMs - beginMs, endedMs - beginMs, error, status, body);
          if (error !== undefined || endedMs >= endMs) resolve();
          else next();
        });
      };
      next();
    });
  await Promise.all(connections.map(run));
}
