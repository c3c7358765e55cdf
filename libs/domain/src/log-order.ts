/** An entry of a log: its place is all that counts here. */
interface Placed {
  readonly seq: number;
}

/**
 * Puts entries of one log into their order. They may arrive in any order, several times, or not at all: what is had is
 * dropped, what follows a hole is held, up to a bound; more is dropped too, whoever reads the log fetches it.
 */
export class LogOrder<Entry extends Placed> {
  private readonly held = new Map<number, Entry>();
  private last: number | undefined;

  constructor(private readonly limit: number) {}

  /** The place of the last entry that was taken; undefined until a start is known, and then nothing is given out. */
  get position(): number | undefined {
    return this.last;
  }

  /** Whether something is held that cannot be given out yet. */
  get isWaiting(): boolean {
    return this.held.size > 0;
  }

  /** The lowest place that is held behind a hole; undefined when nothing is. */
  get firstHeld(): number | undefined {
    return this.held.size === 0 ? undefined : Math.min(...this.held.keys());
  }

  /** Goes on after `position`, wherever it was. */
  startAt(position: number): void {
    this.last = position;
    for (const seq of this.held.keys()) if (seq <= position) this.held.delete(seq);
  }

  add(entry: Entry): void {
    const isNext = this.last !== undefined && entry.seq === this.last + 1;
    if (this.last !== undefined && entry.seq <= this.last) return;
    if (isNext || this.held.size < this.limit) this.held.set(entry.seq, entry);
  }

  /** All that follow and are here. */
  *ready(): Iterable<Entry> {
    for (let entry = this.next(); entry !== undefined; entry = this.next()) yield entry;
  }

  /** The entry that follows, if it is here. Taking it moves on. */
  next(): Entry | undefined {
    if (this.last === undefined) return undefined;
    const entry = this.held.get(this.last + 1);
    if (entry === undefined) return undefined;
    this.held.delete(entry.seq);
    this.last = entry.seq;
    return entry;
  }
}
