import { describe, expect, it } from '@jest/globals';
import { Pace } from './pace.js';

describe('Pace', () => {
  const busy = () => new Pace({ isHigh: () => true });

  /** Begins three pieces of work and tells how many of them have begun, and how many were done at the same time at most. */
  function begin(pace: Pace) {
    const seen = { begun: 0, atOnce: 0 };
    const finish: (() => void)[] = [];
    let now = 0;
    const work = async () => {
      seen.begun += 1;
      seen.atOnce = Math.max(seen.atOnce, ++now);
      await new Promise<void>((resolve) => finish.push(resolve));
      now -= 1;
    };
    const done = Promise.all([1, 2, 3].map(() => pace.run(work)));
    return { seen, finish, done };
  }

  const aTurn = () => new Promise((resolve) => setImmediate(resolve));

  it('does everything at once while there is room', async () => {
    const pace = new Pace({ isHigh: () => false });
    const { seen, finish, done } = begin(pace);
    await aTurn();
    for (const end of finish) end();
    await done;
    expect(seen.begun).toBe(3);
  });

  it('does one piece after another while people keep the process busy', async () => {
    const pace = busy();
    const { seen, finish, done } = begin(pace);
    await aTurn();
    expect(seen.begun).toBe(1);
    pace.end();
    while (finish.length > 0 || seen.begun < 3) {
      finish.shift()?.();
      await aTurn();
    }
    await done;
    expect(seen).toEqual({ begun: 3, atOnce: 1 });
  });

  it('hands on what the work answers, and why it failed', async () => {
    const pace = busy();
    pace.end();
    await expect(pace.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await pace.run(() => Promise.resolve(7))).toBe(7);
  });
});
