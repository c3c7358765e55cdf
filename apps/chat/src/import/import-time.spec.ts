import { describe, expect, it } from '@jest/globals';
import { normalTime } from './import-time.js';

describe('the time of an imported line', () => {
  it('is epoch seconds, rounded to milliseconds', () => {
    expect(normalTime(0)).toBe('1970-01-01T00:00:00.000Z');
    expect(normalTime(1_700_000_000.123_456)).toBe('2023-11-14T22:13:20.123Z');
  });

  it('is RFC 3339 with any offset and any precision', () => {
    expect(normalTime('2024-02-29T23:30:00+05:30')).toBe('2024-02-29T18:00:00.000Z');
    expect(normalTime('2024-02-29T23:30:00.123456789Z')).toBe('2024-02-29T23:30:00.123Z');
  });

  it('lies in the years that the database and the contract know', () => {
    expect(normalTime('0000-06-01T00:00:00Z')).toBeUndefined();
    expect(normalTime('0001-01-01T00:00:00+12:00')).toBeUndefined();
    expect(normalTime('9999-12-31T23:59:59-12:00')).toBeUndefined();
    expect(normalTime('0001-01-01T00:00:00Z')).toBe('0001-01-01T00:00:00.000Z');
  });
});
