import { FechatterError } from '#contracts/error.js';
import { isUniqueViolation } from '#database/errors.js';

const taken = [
  { index: 'idx_users_email_lower', field: 'email', noun: 'e-mail address' },
  { index: 'idx_users_username_lower', field: 'username', noun: 'username' },
] as const;

/** Turns the violation of a unique address or username into a CONFLICT that names the field; leaves other errors. */
export function toNameConflict(error: unknown): unknown {
  const found = taken.find(({ index }) => isUniqueViolation(error, index));
  if (found === undefined) return error;
  return new FechatterError('CONFLICT', `This ${found.noun} belongs to somebody else. Choose another.`, {
    details: [{ field: found.field, reason: 'Is taken' }],
  });
}
