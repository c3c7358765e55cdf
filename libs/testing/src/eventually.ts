import { setTimeout as pause } from 'node:timers/promises';

/** Less than a test may take, so that it fails with what it waited for. */
const patienceMs = 25_000;

/**
 * Asks again and again until the answer is neither `false` nor undefined, and gives it. Throws in the end, saying `what`
 * it waited for.
 */
export async function eventually<Answer>(
  ask: () => Answer | Promise<Answer>,
  what: string | (() => string) = String(ask),
  timeoutMs = patienceMs,
): Promise<Exclude<Answer, false | undefined>> {
  for (const deadline = performance.now() + timeoutMs; ; await pause(20)) {
    const answer = await ask();
    if (answer !== false && answer !== undefined) return answer as Exclude<Answer, false | undefined>;
    if (performance.now() > deadline)
      throw new Error(`It did not come true in time: ${typeof what === 'string' ? what : what()}`);
  }
}
