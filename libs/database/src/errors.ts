import { FechatterError } from '#contracts/error.js';

interface PostgresError extends Error {
  code: string;
  constraint?: string;
}

/**
 * Classes and codes of SQLSTATE that mean "not now": connections, resources, cancelled statements, lock time-outs, and
 * a primary that has become a standby.
 */
const temporary = /^(08|53|57P0|58)|^(57014|55P03|40001|40P01|25P03|25006)$/;
/** SQLSTATEs look like EPIPE, but none of them begins with E. */
const sqlState = /^(?!E)[0-9A-Z]{5}$/;
/** By these codes Node says that there is no way to PostgreSQL, or no longer one. */
const unreachable =
  /^(ECONN[A-Z]+|E(HOST|NET)(UNREACH|DOWN)|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ENOENT|EADDRNOTAVAIL)$/;
/** What the driver and its pool say without a code. */
const withoutCode = [
  /^Connection terminated/,
  /^timeout (expired|exceeded)/,
  /^Query read timeout/,
  /^Client (was closed|has encountered a connection error)/,
  /^There was an error establishing an SSL connection/,
  /^Cannot use a pool after calling end/,
  /^Connection pool exhausted/,
];
/** The steps of a connection's beginning, and what is said where no code says which it was. */
const connecting = /^(connect|getaddrinfo)$/;
const neverConnected = /^timeout (expired|exceeded)|due to connection timeout$|\bpool\b/;

function isPostgresError(error: unknown): error is PostgresError {
  return error instanceof Error && sqlState.test(codeOf(error));
}

/** True when the error says that a unique constraint was violated; `constraint` names a particular one. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return (
    isPostgresError(error) && error.code === '23505' && (constraint === undefined || error.constraint === constraint)
  );
}

/** True when a lock was not to be had within `lock_timeout` or with NOWAIT. */
export function isLockTimeout(error: unknown): boolean {
  return hasCode(error, '55P03');
}

/** True when a statement was ended because of `statement_timeout`. */
export function isStatementTimeout(error: unknown): boolean {
  return hasCode(error, '57014');
}

/** True when no connection was to be had, so that PostgreSQL has never seen the statement. */
export function isNeverSent(error: unknown): boolean {
  const cause = causeOf(error);
  // Of several addresses each was tried; the code is that of the first.
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  if (!(first instanceof Error)) return false;
  return 'syscall' in first
    ? connecting.test(String(first.syscall))
    : codeOf(first) === '57P03' || (codeOf(first) === '' && neverConnected.test(first.message));
}

/** True when the connection is of no use any more: it does not answer, or leads to a PostgreSQL that only reads. */
export function isConnectionLost(error: unknown): boolean {
  const cause = causeOf(error);
  return isPostgresError(cause) ? cause.code === '25006' : isPassing(cause);
}

/** SQLSTATE or what Node calls it; empty where there is none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function hasCode(error: unknown, code: string): boolean {
  return codeOf(causeOf(error)) === code;
}

function causeOf(error: unknown): unknown {
  return error instanceof FechatterError ? error.cause : error;
}

function isPassing(error: unknown): boolean {
  if (isPostgresError(error)) return temporary.test(error.code);
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  return code === '' ? withoutCode.some((said) => said.test(error.message)) : unreachable.test(code);
}

/** Turns what will pass by itself into UNAVAILABLE, with the original as cause; everything else stays what it is. */
export function toUnavailable(error: unknown): unknown {
  if (!isPassing(error)) return error;
  return new FechatterError('UNAVAILABLE', 'The database is busy or not reachable. Try again in a moment.', {
    retryAfterSeconds: 1,
    cause: error,
  });
}
