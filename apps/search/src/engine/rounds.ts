/** A part of the index, and the time of its newest message. */
export interface Slice {
  readonly id: number;
  readonly newest: number;
}

/** Slices that are looked at together. Nothing in the slices after them is newer than `newestOfRest`. */
export interface Round {
  readonly ids: readonly number[];
  readonly newestOfRest: number;
}

const growth = 4;

/** The newest slice first and alone, then ever more at once: what is common is found soon, what is rare in few rounds. */
export function roundsOf(slices: readonly Slice[]): Round[] {
  const ordered = slices.toSorted((a, b) => b.newest - a.newest || b.id - a.id);
  const rounds: Round[] = [];
  for (let start = 0, count = 1; start < ordered.length; start += count, count *= growth) {
    const ids = ordered.slice(start, start + count).map(({ id }) => id);
    rounds.push({ ids, newestOfRest: ordered[start + count]?.newest ?? -Infinity });
  }
  return rounds;
}

/** Newest first. */
export function orderOf<Item extends { readonly createdAt: number; readonly messageId: number }>(
  items: readonly Item[],
): Item[] {
  return items.toSorted((a, b) => b.createdAt - a.createdAt || b.messageId - a.messageId);
}
