/** Gathers what one turn of the event loop brings, and hands it on together when the turn ends. */
export class Turn<Item> {
  private gathered: Item[] = [];

  constructor(private readonly leave: (items: readonly Item[]) => void) {}

  add(item: Item): void {
    if (this.gathered.push(item) === 1) setImmediate(() => this.end());
  }

  private end(): void {
    const { gathered } = this;
    this.gathered = [];
    this.leave(gathered);
  }
}

/** The items in lists of those with the same key, each in their order. */
export function byKey<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const lists = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [item]);
    else list.push(item);
  }
  return lists;
}
