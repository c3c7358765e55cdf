import pg from 'pg';

/** A parameter as a literal of SQL, for what takes no parameters: EXECUTE. PostgreSQL gives it the type it expects. */
export function toLiteral(value: unknown): string {
  const text = toText(value);
  return text === null ? 'NULL' : pg.escapeLiteral(text);
}

function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return `{${value.map(toElement).join(',')}}`;
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function toElement(value: unknown): string {
  const text = toText(value);
  return text === null ? 'NULL' : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** A parameter as it may be shown: what people wrote is told by its length only. */
export function toShown(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return `text of ${value.length}`;
  if (Buffer.isBuffer(value)) return `bytes of ${value.length}`;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    const [first, second, third] = value.slice(0, 3).map(toShown);
    const shown = [first, second, third].filter((item) => item !== undefined).join(', ');
    return value.length > 3 ? `[${shown}, … ${value.length} in all]` : `[${shown}]`;
  }
  return typeof value === 'object' ? 'json' : JSON.stringify(value);
}
