import { setTimeout as pause } from 'node:timers/promises';

/** Waits until it comes true. */
export async function eventually(condition: () => boolean, timeoutMs = 15_000): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !condition(); await pause(5)) {
    if (Date.now() > deadline) throw new Error(`It did not come true in time: ${condition.toString()}`);
  }
}
