import { FechatterError } from '#contracts/error.js';
import { codeOf, isLockTimeout, isNeverSent } from '#database/errors.js';

/** SQLSTATEs with which PostgreSQL says that it has rolled back or never begun. */
const rolledBack = /^(53...|57014|40001|40P01|25006)$/;

/**
 * What the sender is told when a flush failed. Of three outcomes of a send the third is "nobody knows"; whether
 * repeating is safe then depends on `hasKeys`.
 */
export function refusalOf(error: unknown, hasKeys: boolean): unknown {
  if (!(error instanceof FechatterError)) return error;
  const again = (message: string) =>
    new FechatterError('UNAVAILABLE', message, { retryAfterSeconds: 1, cause: error.cause });
  if (isLockTimeout(error)) return again('The chat is busy and the message was not stored. Send it again in a moment.');
  if (rolledBack.test(codeOf(error.cause)) || isNeverSent(error)) {
    return again('The database is busy and the message was not stored. Send it again in a moment.');
  }
  return again(
    hasKeys
      ? 'It is not known whether the message was stored. Sending it again with the same idempotency key is safe.'
      : 'It is not known whether the message was stored, and without an idempotency key sending it again may store it twice.',
  );
}
