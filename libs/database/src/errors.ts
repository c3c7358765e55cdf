import { FechatterError } from '#contracts/error.js';

interface PostgresError extends Error {
  code: string;
  constraint?: string;
}

/** Classes and codes of SQLSTATE that mean "not now": connections, resources, cancelled statements, lock time-outs. */
const temporary = /^(08|53|57P0|58)|^(57014|55P03|40001|40P01|25P03)$/;
/** What Node and the pool say when there is no connection at all. */
const unreachable = /ECONN|EPIPE|ETIMEDOUT|timeout|terminated|Connection|pool after calling end/i;

function isPostgresError(error: unknown): error is PostgresError {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code)
  );
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

function hasCode(error: unknown, code: string): boolean {
  const cause = error instanceof FechatterError ? error.cause : error;
  return isPostgresError(cause) && cause.code === code;
}

/** Turns what will pass by itself into UNAVAILABLE, with the original as cause; everything else stays what it is. */
export function toUnavailable(error: unknown): unknown {
  const passing = isPostgresError(error)
    ? temporary.test(error.code)
    : error instanceof Error && unreachable.test(`${'code' in error ? String(error.code) : ''} ${error.message}`);
  if (!passing) return error;
  return new FechatterError('UNAVAILABLE', 'The database is busy or not reachable. Try again in a moment.', {
    retryAfterSeconds: 1,
    cause: error,
  });
}
