/** The middle of some numbers; of an even count the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * Where the median of what these numbers are drawn from lies, with a confidence of 95 % or more (the interval of the sign
 * test, which supposes nothing of their distribution); undefined where they are too few to tell.
 */
export function medianInterval(values: readonly number[]): readonly [number, number] | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  // So likely it is that no more than `below` of them lie on one side of the median.
  let [below, chance, sum] = [-1, 0.5 ** sorted.length, 0.5 ** sorted.length];
  while (2 * sum <= 0.05) {
    below++;
    chance *= (sorted.length - below) / (below + 1);
    sum += chance;
  }
  return below < 0 ? undefined : [sorted[below]!, sorted[sorted.length - 1 - below]!];
}

/** The straight line with the least squares through points [x, y]. */
export function linearFit(points: readonly (readonly [number, number])[]): { slope: number; intercept: number } {
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const under = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = under === 0 ? 0 : over / under;
  return { slope, intercept: meanY - slope * meanX };
}

/** The value below which the share (0 to 1) of the numbers lies, one of them (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? Number.NaN;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
