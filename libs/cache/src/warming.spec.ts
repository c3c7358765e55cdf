import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { configureLogging, Logger } from '#telemetry/logger.js';
import { warm } from './warming.js';

const bounds = { most: 50, atOnce: 20, limitMs: 60_000 };
const ids = Array.from({ length: 80 }, (_, id) => id);
const never = new AbortController().signal;

beforeAll(() => configureLogging('silent', 'test'));
afterEach(() => void jest.restoreAllMocks());

describe('Warming', () => {
  it('takes slices up to its bound', async () => {
    const slices: number[] = [];
    expect(await warm('row', ids, async (slice) => slices.push(slice.length), bounds, never)).toBe(50);
    expect(slices).toEqual([20, 20, 10]);
  });

  it('tells of its progress once for each tenth, whole slices only', async () => {
    const told = jest.spyOn(Logger.prototype, 'info');
    const ms = expect.any(Number) as unknown;
    const lines = (...warmed: number[]) =>
      warmed.map((done) => ['Warming', { pattern: 'row', warmed: done, of: 50, ms }]);
    await warm('row', ids, async () => undefined, bounds, never);
    expect(told.mock.calls).toEqual(lines(20, 40, 50));
    told.mockClear();
    await warm('row', ids, async () => undefined, { ...bounds, atOnce: 1 }, never);
    expect(told.mock.calls).toEqual(lines(5, 10, 15, 20, 25, 30, 35, 40, 45, 50));
  });

  it('ends when the process stops, when its time is over, and at an error', async () => {
    const stop = new AbortController();
    expect(await warm('row', ids, async () => stop.abort(), bounds, stop.signal)).toBe(20);
    expect(await warm('row', ids, async () => undefined, { ...bounds, limitMs: 0 }, never)).toBe(0);
    expect(await warm('row', ids, () => Promise.reject(new Error('no database')), bounds, never)).toBe(0);
  });
});
