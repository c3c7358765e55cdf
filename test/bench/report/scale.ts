/** How values become places on an axis. */
export interface Scale {
  /** From 0 at the beginning of the axis to 1 at its end. */
  readonly place: (value: number) => number;
  readonly ticks: readonly number[];
}

const steps = [1, 2, 2.5, 5, 10];

/** From 0 to somewhat above the highest value, with round ticks. */
export function linear(values: readonly number[], most = 6): Scale {
  const highest = Math.max(...values, 0) || 1;
  const magnitude = 10 ** Math.floor(Math.log10(highest / most));
  const step = magnitude * (steps.find((factor) => highest / (factor * magnitude) <= most) ?? 10);
  const count = Math.ceil(highest / step - 1e-9);
  const end = count * step;
  return { place: (value) => value / end, ticks: Array.from({ length: count + 1 }, (_, index) => index * step) };
}

/** Powers of ten, with 2 and 5 between them where there is room. */
export function logarithmic(values: readonly number[]): Scale {
  const positive = values.filter((value) => value > 0);
  const [low, high] = [Math.min(...positive, Infinity), Math.max(...positive, -Infinity)];
  if (low === Infinity) return linear([1]);
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high * 1.000_001))];
  const decades = Array.from({ length: last - first + 2 }, (_, index) => first + index);
  const factors = decades.length > 5 ? [1] : [1, 2, 5];
  const candidates = decades.flatMap((power) => factors.map((factor) => factor * 10 ** power));
  const from = Math.max(...candidates.filter((tick) => tick <= low * 1.000_001));
  const to = Math.min(...candidates.filter((tick) => tick > from && tick >= high * 0.999_999));
  const length = Math.log10(to / from);
  return {
    place: (value) => Math.log10(Math.max(value, from) / from) / length,
    ticks: candidates.filter((tick) => tick >= from && tick <= to),
  };
}

/** Percentiles: each nine takes as much room as the one before, so that the rare slow ones can be seen. */
export function percentiles(values: readonly number[]): Scale {
  const rarity = (percent: number) => Math.log10(1 / (1 - Math.min(percent, 99.9999) / 100));
  const end = Math.max(...values.map(rarity), 1);
  const ticks = [0, 50, 90, 99, 99.9, 99.99, 99.999].filter((tick) => rarity(tick) <= end + 1e-9);
  return { place: (value) => rarity(value) / end, ticks };
}

/** Each of the values at the same distance from the next. */
export function ordinal(values: readonly number[]): Scale {
  const ticks = [...new Set(values)].sort((a, b) => a - b);
  return { place: (value) => ticks.indexOf(value) / Math.max(1, ticks.length - 1), ticks };
}
