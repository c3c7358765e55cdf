/** Gathers what one turn of the event loop brings, by key, and hands it on when the turn ends. */
export class Turn<Item> {
  private gathered = new Map<string, Item[]>();

  constructor(private readonly leave: (key: string, items: readonly Item[]) => void) {}

  add(key: string, item: Item): void {
    if (this.gathered.size === 0) setImmediate(() => this.end());
    const items = this.gathered.get(key);
    if (items === undefined) this.gathered.set(key, [item]);
    else items.push(item);
  }

  private end(): void {
    const { gathered } = this;
    this.gathered = new Map();
    for (const [key, items] of gathered) this.leave(key, items);
  }
}
