import { QueryError } from './query.js';

const dayMs = 86_400_000;
const forms = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/;

/** A stretch of time: from `from` until before `to`, epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The day, month or year (UTC) that a person names: `2026-03-01`, `2026-03`, `2026`, `today`, `yesterday`.
 * Throws QueryError, which names the place `at`, for what is no date.
 */
export function spanOf(text: string, at: number, now: number): Span {
  const today = Math.floor(now / dayMs) * dayMs;
  if (text === 'today') return { from: today, to: today + dayMs };
  if (text === 'yesterday') return { from: today - dayMs, to: today };
  const [, year, month, day] = forms.exec(text) ?? [];
  if (year === undefined) throw noDate(at);
  const [y, m, d] = [Number(year), Number(month ?? 1), Number(day ?? 1)];
  const from = Date.UTC(y, m - 1, d);
  const back = new Date(from);
  if (y < 1970 || back.getUTCMonth() !== m - 1 || back.getUTCDate() !== d) throw noDate(at);
  if (day !== undefined) return { from, to: from + dayMs };
  return { from, to: month === undefined ? Date.UTC(y + 1, 0, 1) : Date.UTC(y, m, 1) };
}

function noDate(at: number): QueryError {
  return new QueryError(at, 'Must be a date such as 2026-03-01, 2026-03, 2026, today or yesterday');
}
