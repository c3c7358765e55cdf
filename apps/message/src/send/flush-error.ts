import { FechatterError } from '#contracts/error.js';
import { isLockTimeout } from '#database/errors.js';

/** SQLSTATEs with which PostgreSQL says that it has rolled back or never begun. */
const rolledBack = /^(53...|57014|40001|40P01)$/;
const neverBegun = /ECONNREFUSED|ENOTFOUND|timeout exceeded when trying to connect/;

/**
 * What the sender is told when a flush failed. Of three outcomes of a send the third is "nobody knows"; whether
 * repeating is safe then depends on `hasKeys`.
 */
export function refusalOf(error: unknown, hasKeys: boolean): unknown {
  if (!(error instanceof FechatterError)) return error;
  const again = (message: string) =>
    new FechatterError('UNAVAILABLE', message, { retryAfterSeconds: 1, cause: error.cause });
  if (isLockTimeout(error)) return again('The chat is busy and the message was not stored. Send it again in a moment.');
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (rolledBack.test(code) || neverBegun.test(`${code} ${cause instanceof Error ? cause.message : ''}`)) {
    return again('The database is busy and the message was not stored. Send it again in a moment.');
  }
  return again(
    hasKeys
      ? 'It is not known whether the message was stored. Sending it again with the same idempotency key is safe.'
      : 'It is not known whether the message was stored, and without an idempotency key sending it again may store it twice.',
  );
}
