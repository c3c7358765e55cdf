import { beforeAll, describe, expect, it } from '@jest/globals';
import { configureLogging } from '#telemetry/logger.js';
import { warm } from './warming.js';

const bounds = { most: 50, atOnce: 20, limitMs: 60_000 };
const ids = Array.from({ length: 80 }, (_, id) => id);
const never = new AbortController().signal;

beforeAll(() => configureLogging('silent', 'test'));

describe('Warming', () => {
  it('takes slices up to its bound', async () => {
    const slices: number[] = [];
    expect(await warm('row', ids, async (slice) => slices.push(slice.length), bounds, never)).toBe(50);
    expect(slices).toEqual([20, 20, 10]);
  });

  it('ends when the process stops, when its time is over, and at an error', async () => {
    const stop = new AbortController();
    expect(await warm('row', ids, async () => stop.abort(), bounds, stop.signal)).toBe(20);
    expect(await warm('row', ids, async () => undefined, { ...bounds, limitMs: 0 }, never)).toBe(0);
    expect(await warm('row', ids, () => Promise.reject(new Error('no database')), bounds, never)).toBe(0);
  });
});
