import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { fromZodError, type FechatterError } from '#contracts/error.js';
import { ImportLine, maxImportLineBytes } from '#contracts/import.contract.js';

/** Exports carry fields of their own, which are left behind. */
const FileEntry = ImportLine.strip();

/** A line of the file: ready to be sent, or why not. `number` counts from 1, `read` is the share of the file so far. */
export type FileLine = { readonly number: number; readonly read: number } & (
  { readonly json: string } | { readonly reason: string }
);

/**
 * Reads an NDJSON file, gzipped or not, line by line. Each line gets an `id`, unless it has one: a hash of chat, sender,
 * time, text and how many equal lines came before it, so that the same file adds nothing the second time.
 */
export async function* readLines(path: string): AsyncGenerator<FileLine> {
  const { size } = await stat(path);
  const file = createReadStream(path);
  const source = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  const failed = new Promise<never>((_, reject) => {
    file.once('error', reject);
    source.once('error', reject);
  });
  failed.catch(() => undefined);
  const lines = createInterface({ input: source, crlfDelay: Infinity })[Symbol.asyncIterator]();
  const seen = new Occurrences();
  for (let number = 1; ; number++) {
    const next = await Promise.race([lines.next(), failed]);
    if (next.done === true) return;
    if (next.value.trim() === '') continue;
    const place = { number, read: size === 0 ? 1 : file.bytesRead / size };
    yield { ...place, ...prepare(next.value, seen) };
  }
}

function prepare(text: string, seen: Occurrences): { json: string } | { reason: string } {
  if (Buffer.byteLength(text) > maxImportLineBytes) return { reason: `longer than ${maxImportLineBytes} bytes` };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { reason: 'not JSON' };
  }
  const line = FileEntry.safeParse(value);
  if (!line.success) return { reason: describe(fromZodError(line.error)) };
  const { chat, sender, ts, text: content, id } = line.data;
  return {
    json: JSON.stringify({ ...line.data, id: id ?? seen.identify(JSON.stringify([chat, sender, ts, content])) }),
  };
}

function describe(error: FechatterError): string {
  return error.details.map(({ field, reason }) => `${field}: ${reason}`).join('; ') || error.message;
}

/**
 * Counts equal lines. Only a small hash of each different line is remembered: 12 bytes of key and a small number, which
 * for ten million lines is some hundreds of megabytes less than the text would be.
 */
class Occurrences {
  private readonly counts = new Map<bigint, number>();

  identify(line: string): string {
    const digest = createHash('sha256').update(line).digest();
    const key = digest.readBigUInt64BE(0);
    const nth = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, nth);
    return `${digest.toString('base64url').slice(0, 27)}.${nth}`;
  }
}
