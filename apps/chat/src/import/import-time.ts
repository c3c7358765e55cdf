const earliest = Date.parse('0001-01-01T00:00:00.000Z');
const latest = Date.parse('9999-12-31T23:59:59.999Z');

/** Epoch seconds or RFC 3339 as RFC 3339 in UTC with milliseconds; undefined outside of the years 1 to 9999. */
export function normalTime(ts: number | string): string | undefined {
  const time = typeof ts === 'number' ? Math.round(ts * 1000) : Date.parse(ts);
  return time >= earliest && time <= latest ? new Date(time).toISOString() : undefined;
}
