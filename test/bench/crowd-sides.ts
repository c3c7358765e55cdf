import type { Crowd } from '../load/crowd/crowd.js';
import type { Order, Results } from '../load/crowd/orders.js';
import type { Setting } from './bench.js';

/** One of two servers that are compared, with a crowd of sockets on it. */
export interface CrowdSide<Kind extends 'fan-out' | 'steady'> {
  readonly name: string;
  readonly port: number;
  readonly crowd: Crowd;
  /** What the first socket says, in turn, for a message to be sent to the others. */
  readonly texts: readonly string[];
  readonly rounds: Results[Kind][];
}

/** The sides take turns, so that what else the machine does hits both. */
export async function crowdsTakeTurns<Kind extends 'fan-out' | 'steady'>(
  { generator, say }: Setting,
  sides: readonly CrowdSide<Kind>[],
  rounds: number,
  orderOf: (texts: readonly string[]) => Order & { kind: Kind },
): Promise<void> {
  for (let round = 1; round <= rounds; round++) {
    for (const { name, port, crowd, texts, rounds: found } of sides) {
      say(`round ${round} of ${rounds}: ${name}`);
      const order = orderOf(texts);
      found.push(await generator.during(port, order.kind, () => crowd.ask<Kind>(order)));
    }
  }
}
