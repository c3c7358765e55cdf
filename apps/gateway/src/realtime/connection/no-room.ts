import { FechatterError } from '#contracts/error.js';

const mostSeconds = 3;

/** For a connection more than there may be: UNAVAILABLE, and those who are sent away do not come back all at once. */
export function noRoom(): FechatterError {
  const retryAfterSeconds = 1 + Math.floor(Math.random() * mostSeconds);
  return new FechatterError('UNAVAILABLE', undefined, { retryAfterSeconds });
}
