import type { z } from 'zod';
import type { ErrorBody, FechatterError } from '#contracts/error.js';

/** The body of an error answer, as api.md has it. */
export function errorBody(error: FechatterError, requestId: string): z.infer<typeof ErrorBody> {
  const { code, message, details } = error;
  return { error: { code, message, ...(details.length > 0 ? { details: [...details] } : {}) }, request_id: requestId };
}
