import type { z } from 'zod';
import type { ErrorBody, FechatterError } from '#contracts/error.js';
import { limitHeaders } from '../../security/limit-headers.js';
import { LimitExceeded } from '../../security/rate-limits.js';

/** The body of an error answer, as api.md has it. */
export function errorBody(error: FechatterError, requestId: string): z.infer<typeof ErrorBody> {
  const { code, message, details } = error;
  return { error: { code, message, ...(details.length > 0 ? { details: [...details] } : {}) }, request_id: requestId };
}

/** What the head of an error answer says beside its status: when to come again, and the figures of the limit. */
export function errorHeaders(error: FechatterError): Record<string, string> {
  const retryAfter = error.retryAfterSeconds ?? (error.code === 'UNAVAILABLE' ? 1 : undefined);
  return {
    ...(error instanceof LimitExceeded ? limitHeaders(error.usage) : {}),
    ...(retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfter)) }),
  };
}
