import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LatencyHistogram } from './histogram.js';

describe(LatencyHistogram.name, () => {
  it('knows every percentile to a part in a thousand, also when parts were encoded and put together', () => {
    const anyLatency = fc.double({ min: 0.001, max: 60_000, noNaN: true });
    const anyLatencies = fc.array(anyLatency, { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(
        fc.array(anyLatencies, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(50, 99, 100),
        (parts, percent) => {
          const encoded = parts.map((part) => {
            const histogram = new LatencyHistogram();
            for (const ms of part) histogram.record(ms);
            return histogram.encode();
          });
          const sorted = parts.flat().sort((a, b) => a - b);
          const expected = sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0;
          const together = LatencyHistogram.of(encoded);
          expect(together.count).toBe(sorted.length);
          expect(Math.abs(together.at(percent) - expected)).toBeLessThanOrEqual(expected / 1000 + 0.001);
        },
      ),
    );
  });

  it('keeps what is out of all bounds', () => {
    const histogram = new LatencyHistogram();
    histogram.record(0);
    histogram.record(1e9);
    expect(histogram.count).toBe(2);
    expect(histogram.at(100)).toBeGreaterThan(119_000);
  });
});
