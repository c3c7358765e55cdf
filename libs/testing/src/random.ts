/** Numbers and choices that are the same for the same seed (mulberry32). */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 up to, but without, 1. */
  readonly next = (): number => {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };

  /** A whole number of these, both ends included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** True so often: 0.1 is once in ten times. */
  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.next() * items.length)];
  }

  /** Another one that goes its own way, the same for the same number. */
  fork(number: number): Random {
    return new Random(Math.imul(this.state ^ 0x9e3779b9, number + 1));
  }
}

/** Numbers from 0 up to, but without, 1; seeds that are next to each other give numbers that are not. */
export function randomOf(seed: number): () => number {
  return new Random((seed + 1) * 0x9e3779b9).next;
}
