/** So many of the longest names, descriptions and addresses fit into one reply on the bus. */
const sliceLength = 200;

/** Asks for any number of ids, in one call where they are few and in calls side by side where they are many. */
export async function inSlices<Item>(
  ids: readonly number[],
  ask: (slice: number[]) => Promise<Item[]>,
): Promise<Item[]> {
  const starts = Array.from({ length: Math.ceil(ids.length / sliceLength) }, (_, index) => index * sliceLength);
  const answers = await Promise.all(starts.map((start) => ask(ids.slice(start, start + sliceLength))));
  return answers.flat();
}
