/** When the nth of a steady stream of starts is due: times in ms from the first. */
export class Schedule {
  private started = 0;

  constructor(
    private readonly perSecond: number,
    private readonly seconds: number,
  ) {}

  /** How many there are in all. */
  get total(): number {
    return Math.floor(this.perSecond * this.seconds);
  }

  /** The intended time of the next start if it is not after `now`; undefined otherwise, and when all have started. */
  takeDue(now: number): number | undefined {
    if (this.started >= this.total) return undefined;
    const due = (this.started * 1000) / this.perSecond;
    if (due > now) return undefined;
    this.started += 1;
    return due;
  }

  get isOver(): boolean {
    return this.started >= this.total;
  }
}

/** Names in a fixed order in which each has its share, evenly spread: after n turns none is more than one off. */
export function* inShares<Item>(items: readonly { readonly item: Item; readonly weight: number }[]): Generator<Item> {
  const total = items.reduce((sum, { weight }) => sum + weight, 0);
  const credit = items.map(() => 0);
  for (;;) {
    let best = 0;
    for (const [index, { weight }] of items.entries()) {
      credit[index]! += weight;
      if (credit[index]! > credit[best]!) best = index;
    }
    credit[best]! -= total;
    yield items[best]!.item;
  }
}
