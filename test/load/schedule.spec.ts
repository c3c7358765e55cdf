import { describe, expect, it } from '@jest/globals';
import { inShares, Schedule } from './schedule.js';

describe(Schedule.name, () => {
  it('has every start at its intended time, however late it is asked', () => {
    const schedule = new Schedule(250, 0.02);
    const taken = (now: number) => {
      const due: number[] = [];
      for (let next = schedule.takeDue(now); next !== undefined; next = schedule.takeDue(now)) due.push(next);
      return due;
    };
    expect(taken(0)).toEqual([0]);
    expect(taken(3.9)).toEqual([]);
    // A stall of the generator starts late what was due meanwhile, and hides none of it.
    expect(taken(13)).toEqual([4, 8, 12]);
    expect(schedule.isOver).toBe(false);
    expect(taken(1_000)).toEqual([16]);
    expect(schedule.isOver).toBe(true);
  });
});

describe(inShares.name, () => {
  it('gives each its share, evenly spread', () => {
    const turns = inShares([
      { item: 'read', weight: 6 },
      { item: 'send', weight: 1.5 },
      { item: 'search', weight: 0.5 },
    ]);
    const counts = new Map<string, number>();
    for (let turn = 1; turn <= 800; turn++) {
      const item = turns.next().value as string;
      counts.set(item, (counts.get(item) ?? 0) + 1);
      expect(Math.abs((counts.get('send') ?? 0) - (turn * 1.5) / 8)).toBeLessThanOrEqual(1);
    }
    expect(Object.fromEntries(counts)).toEqual({ read: 600, send: 150, search: 50 });
  });
});
