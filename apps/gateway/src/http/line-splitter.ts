/** A line that is not blank, numbered from 1; `bytes` is undefined when it was too long to be kept. */
export interface NumberedLine {
  readonly number: number;
  readonly bytes: Buffer | undefined;
}

const newline = 0x0a;

/**
 * Splits a stream of bytes into lines, as many at a time as the stream gives. Holds no more than the piece at hand and
 * the beginning of one line. Throws what the stream throws.
 */
export async function* splitLines(source: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<NumberedLine[]> {
  let number = 1;
  let parts: Buffer[] = [];
  let length = 0;
  const take = (piece: Buffer) => {
    length += piece.length;
    if (length > maxBytes) parts = [];
    else parts.push(piece);
  };
  const finish = (): NumberedLine | undefined => {
    const bytes = length > maxBytes ? undefined : Buffer.concat(parts);
    const line = { number, bytes };
    number += 1;
    parts = [];
    length = 0;
    return bytes !== undefined && isBlank(bytes) ? undefined : line;
  };
  for await (const chunk of source) {
    const piece = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines: NumberedLine[] = [];
    let start = 0;
    for (let end = piece.indexOf(newline); end !== -1; end = piece.indexOf(newline, start)) {
      take(piece.subarray(start, end));
      const line = finish();
      if (line !== undefined) lines.push(line);
      start = end + 1;
    }
    take(piece.subarray(start));
    if (lines.length > 0) yield lines;
  }
  const last = length > 0 ? finish() : undefined;
  if (last !== undefined) yield [last];
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
