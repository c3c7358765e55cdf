/** The bus carries 768 KiB; this leaves room for the rest of the request. */
const maxChunkBytes = 640 * 1024;
const maxChunkItems = 1_000;

/** The items in their order, in chunks that fit on the bus as JSON. One item alone always fits. */
export function chunksOf<Item>(items: readonly Item[]): Item[][] {
  const chunks: Item[][] = [];
  let current: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (current.length > 0 && (bytes + size > maxChunkBytes || current.length === maxChunkItems)) {
      chunks.push(current);
      current = [];
      bytes = 0;
    }
    current.push(item);
    bytes += size;
  }
  if (current.length > 0) chunks.push(current);
  return chunks;
}
