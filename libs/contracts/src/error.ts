import { z } from 'zod';

/** The one catalogue of errors: code, HTTP status, and the message used when a thrower gives none. */
export const errorCatalogue = {
  BAD_REQUEST: { status: 400, message: 'The request could not be read.' },
  UNAUTHORIZED: { status: 401, message: 'Sign in first: the access token is missing, invalid or expired.' },
  FORBIDDEN: { status: 403, message: 'You may not do this.' },
  NOT_FOUND: { status: 404, message: 'There is nothing here that you can see.' },
  CONFLICT: { status: 409, message: 'This conflicts with what is already there.' },
  PAYLOAD_TOO_LARGE: { status: 413, message: 'The request is too large.' },
  VALIDATION_ERROR: { status: 422, message: 'Some fields are not valid.' },
  RATE_LIMITED: { status: 429, message: 'Too many requests. Wait and try again.' },
  INTERNAL_ERROR: { status: 500, message: 'Something went wrong on our side.' },
  UNAVAILABLE: { status: 503, message: 'The service is not available at the moment. Try again soon.' },
} as const;

export type ErrorCode = keyof typeof errorCatalogue;

export const ErrorDetail = z.strictObject({
  field: z.string().describe('Path of the field, dots between the parts: `messages.3.content`'),
  reason: z.string(),
});
export type ErrorDetail = z.infer<typeof ErrorDetail>;

/** The body of every error answer, over HTTP; the `error` part also travels over the bus and in realtime frames. */
export const ErrorBody = z
  .strictObject({
    error: z.strictObject({
      code: z.enum(Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]]),
      message: z.string(),
      details: z.array(ErrorDetail).optional(),
    }),
    request_id: z.string(),
  })
  .meta({ id: 'Error' });

/** An error that the caller is meant to see. It crosses the bus as the same class, with code, message and details. */
export class FechatterError extends Error {
  readonly details: readonly ErrorDetail[];
  /** Seconds to wait before a retry makes sense; answered as `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message?: string,
    options: { details?: readonly ErrorDetail[]; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message ?? errorCatalogue[code].message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'FechatterError';
    this.details = options.details ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }
}

/** A VALIDATION_ERROR about one field. */
export function invalid(field: string, reason: string): FechatterError {
  return new FechatterError('VALIDATION_ERROR', undefined, { details: [{ field, reason }] });
}

/** A NOT_FOUND that is the same for what does not exist and for what the caller may not see. */
export function notFound(noun: string): FechatterError {
  return new FechatterError('NOT_FOUND', `There is no such ${noun}, or you may not see it.`);
}

/** Turns what a zod schema found wrong into a VALIDATION_ERROR. */
export function fromZodError(error: z.ZodError): FechatterError {
  const details = error.issues.slice(0, 20).map((issue) => ({
    field: issue.path.map(String).join('.') + (issue.code === 'unrecognized_keys' ? suffix(issue) : ''),
    reason: issue.message,
  }));
  return new FechatterError('VALIDATION_ERROR', undefined, { details });
}

function suffix(issue: z.core.$ZodIssueUnrecognizedKeys): string {
  return (issue.path.length > 0 ? '.' : '') + issue.keys.slice(0, 5).join(',');
}
