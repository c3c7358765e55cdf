import { onBehalfOf } from '#telemetry/tracing.js';

/**
 * Gathers what one turn of the event loop brings, and hands it on together when the turn ends. A lone item leaves at
 * once: after a turn with no more than one the next does not wait to see whether others follow. Either way it belongs to
 * nobody's span: whoever it is handed to says whose it is.
 */
export class Turn<Item> {
  private gathered: Item[] = [];
  private isOpen = false;
  private isCrowded = false;

  constructor(private readonly leave: (items: readonly Item[]) => void) {}

  add(item: Item): void {
    if (this.isOpen || this.isCrowded) this.gathered.push(item);
    if (this.isOpen) return;
    this.isOpen = true;
    setImmediate(() => this.end());
    if (!this.isCrowded) onBehalfOf([], () => this.leave([item]));
  }

  private end(): void {
    const { gathered, isCrowded } = this;
    this.gathered = [];
    this.isOpen = false;
    this.isCrowded = gathered.length > (isCrowded ? 1 : 0);
    if (gathered.length > 0) this.leave(gathered);
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
