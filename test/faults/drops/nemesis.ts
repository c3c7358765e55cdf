import { setTimeout as pause } from 'node:timers/promises';
import type { Target } from '../network/fault-proxy.js';
import type { Random } from '#testing/random.js';
import type { Participant } from './participant.js';

/** How long a connection is cut off. */
const cutMs = 2_000;

/** What was done to the participants. */
export interface NemesisCounts {
  cuts: number;
  /** Cuts after which the participant came to another gateway. */
  moves: number;
}

/**
 * Cuts the participant off for two seconds, at once and again and again, every second time to come back to another
 * gateway or so, until it is told to stop. Leaves the network whole.
 */
export async function torment(
  { proxy, client }: Participant,
  gateways: readonly Target[],
  random: Random,
  counts: NemesisCounts,
  isOver: () => boolean,
): Promise<void> {
  await pause(random.between(0, cutMs));
  while (!isOver()) {
    counts.cuts++;
    const elsewhere = random.pick(gateways.filter((gateway) => gateway !== proxy.target));
    if (elsewhere !== undefined && random.chance(0.5)) {
      proxy.target = elsewhere;
      counts.moves++;
    }
    await proxy.cutOff(cutMs);
    // As the system tells programs that the network is back.
    client.wake();
    await pause(random.between(500, 4_000));
  }
}
