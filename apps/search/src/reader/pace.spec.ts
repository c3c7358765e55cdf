import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { gate } from '#testing/gate.js';
import { Pace } from './pace.js';

describe('Pace', () => {
  const paceAt = (isHigh: boolean) => new Pace({ isHigh, watch: () => () => undefined });

  it('does one piece after another', async () => {
    const pace = paceAt(false);
    let [now, atOnce, done] = [0, 0, 0];
    const work = async () => {
      atOnce = Math.max(atOnce, ++now);
      await pause(1);
      [now, done] = [now - 1, done + 1];
    };
    await Promise.all([1, 2, 3].map(() => pace.run(work)));
    expect({ atOnce, done }).toEqual({ atOnce: 1, done: 3 });
  });

  it('rests for nine times the length of the work while others are busy, until it is ended', async () => {
    const pace = paceAt(true);
    const times = { first: 0, second: 0 };
    const first = pace.run(async () => {
      const since = performance.now();
      await pause(10);
      times.first = performance.now() - since;
    });
    const since = performance.now();
    const second = pace.run(
      () => Promise.resolve((times.second = performance.now() - since)),
      () => false,
    );
    await Promise.all([first, second]);
    expect(times.second).toBeGreaterThan(Math.min(9 * times.first, 1_000));
    const long = pace.run(() => pause(200));
    const last = pace.run(() => Promise.resolve(7));
    await long;
    pace.end();
    expect(await last).toBe(7);
  });

  it('lets what is new go before what may wait, and once the other way round when that has waited for long', async () => {
    const pace = paceAt(false);
    const [order, opened]: [string[], ReturnType<typeof gate>] = [[], gate()];
    const now = jest.spyOn(performance, 'now');
    const does = (name: string) => () => Promise.resolve(void order.push(name));
    try {
      const turns = [
        pace.run(() => opened.opened),
        pace.runLater(does('later 1')),
        pace.runLater(does('later 2')),
        pace.run(does('new 1')),
        pace.run(does('new 2')),
      ];
      opened.open();
      await Promise.all(turns);
      expect(order.splice(0)).toEqual(['new 1', 'new 2', 'later 1', 'later 2']);
      const held = gate();
      const others = [pace.run(() => held.opened), pace.runLater(does('later')), pace.run(does('new'))];
      now.mockReturnValue(performance.now() + 1_001);
      held.open();
      await Promise.all(others);
      expect(order).toEqual(['later', 'new']);
    } finally {
      now.mockRestore();
    }
  });

  it('cuts a long rest short for what is new, if that is little', async () => {
    const pace = paceAt(true);
    const times: Record<string, number> = {};
    const takes = (name: string) => () => Promise.resolve(void (times[name] = performance.now()));
    await pace.runLater(() => pause(200));
    const since = performance.now();
    const turns = [pace.runLater(takes('later')), pace.run(takes('much'), () => false)];
    // Longer than a short rest, and far from the end of a long one.
    await pause(330);
    expect(times).toEqual({});
    turns.push(pace.run(takes('little')));
    await Promise.all(turns);
    expect(times.little! - since).toBeLessThan(1_000);
    expect(times.later!).toBeGreaterThanOrEqual(times.little!);
  });

  it('looks what others do when it has worked for a while, however long it had nothing to do', async () => {
    let looks = 0;
    const pace = new Pace({ isHigh: false, watch: () => () => void looks++ });
    const now = jest.spyOn(performance, 'now');
    const pass = (ms: number) => void now.mockReturnValue(performance.now() + ms);
    try {
      pass(60_000);
      await pace.run(() => Promise.resolve(pass(300)));
      pass(60_000);
      await pace.run(() => Promise.resolve());
      expect(looks).toBe(0);
      await pace.run(() => Promise.resolve(pass(300)));
      now.mockRestore();
      await pace.run(() => Promise.resolve());
      expect(looks).toBe(1);
    } finally {
      now.mockRestore();
    }
  });

  it('hands on why the work failed', async () => {
    const pace = paceAt(false);
    await expect(pace.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await pace.run(() => Promise.resolve(7))).toBe(7);
  });
});
