/** Where a page ends early, in bytes of JSON: the bus carries 768 KiB. */
export const maxPageBytes = 512 * 1024;

/** How much text a statement brings at most before it ends early, so that no page costs unbounded memory. */
export const maxPageText = maxPageBytes + 64 * 1024;

/** The leading items that fit into a page as JSON, at least one. */
export function fitting<Item>(items: readonly Item[]): readonly Item[] {
  let bytes = 0;
  const end = items.findIndex((item, index) => {
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
    return index > 0 && bytes > maxPageBytes;
  });
  return end === -1 ? items : items.slice(0, end);
}
