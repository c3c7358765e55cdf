import { headers, type Msg, type MsgHdrs } from '@nats-io/transport-node';
import { z } from 'zod';
import { errorCatalogue, ErrorDetail, FechatterError, type ErrorCode } from '#contracts/error.js';
import type { CallContext } from './bus.js';
import type { Identities } from './identity.js';
import { decodePayload, encodePayload } from './payload.js';

const header = {
  caller: 'Fechatter-Caller',
  deadline: 'Fechatter-Deadline',
  requestId: 'Fechatter-Request-Id',
  traceparent: 'traceparent',
  errorCode: 'Nats-Service-Error-Code',
  error: 'Nats-Service-Error',
} as const;

/** What a request says beside its payload. Nothing of it is believed before `contextOf`. */
export interface RequestFacts {
  readonly caller: string;
  readonly deadline: number;
  readonly request_id: string;
  readonly traceparent?: string | undefined;
}

/** What a service answers: JSON, and for an error its status. */
export interface Answer {
  readonly payload: Uint8Array;
  readonly error?: { readonly status: number; readonly code: string };
}

export function factsOf(context: CallContext, identities: Identities): RequestFacts {
  const { caller, deadline, requestId, traceparent } = context;
  return { caller: identities.sign(caller), deadline, request_id: requestId, traceparent };
}

/** Throws UNAUTHORIZED when the caller is not signed, BAD_REQUEST when there is no deadline. */
export function contextOf(facts: RequestFacts, identities: Identities): CallContext {
  const { deadline, request_id: requestId, traceparent } = facts;
  const caller = identities.verify(facts.caller);
  if (!Number.isSafeInteger(deadline) || deadline <= 0)
    throw new FechatterError('BAD_REQUEST', `The header ${header.deadline} is missing.`);
  return { caller, requestId, deadline, traceparent };
}

export function encodeFacts({ caller, deadline, request_id, traceparent }: RequestFacts): MsgHdrs {
  const result = headers();
  result.set(header.caller, caller);
  result.set(header.deadline, String(deadline));
  result.set(header.requestId, request_id);
  if (traceparent !== undefined) result.set(header.traceparent, traceparent);
  return result;
}

export function decodeFacts({ headers: given }: Msg): RequestFacts {
  return {
    caller: given?.get(header.caller) ?? '',
    deadline: Number(given?.get(header.deadline)),
    request_id: given?.get(header.requestId) ?? '',
    traceparent: given?.get(header.traceparent) || undefined,
  };
}

const WireError = z.object({
  code: z.enum(Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]]),
  message: z.string(),
  details: z.array(ErrorDetail),
  retry_after: z.number().optional(),
});

export function answerWith(error: FechatterError): Answer {
  const { code, message, details, retryAfterSeconds, status } = error;
  return {
    payload: encodePayload({ code, message, details, retry_after: retryAfterSeconds }),
    error: { status, code },
  };
}

/** The headers of an answer that has a message to itself. */
export function encodeOutcome({ error }: Answer): MsgHdrs | undefined {
  if (error === undefined) return undefined;
  const result = headers();
  result.set(header.errorCode, String(error.status));
  result.set(header.error, error.code);
  return result;
}

/** Whether a message of its own carries an error. */
export function isError(message: Msg): boolean {
  return message.headers?.has(header.errorCode) === true;
}

/** The error that the payload of an answer tells. */
export function decodeError(payload: Uint8Array): FechatterError {
  const parsed = WireError.safeParse(decodeOrNothing(payload));
  if (!parsed.success) return new FechatterError('INTERNAL_ERROR');
  const { code, message: text, details, retry_after } = parsed.data;
  return new FechatterError(code, text, {
    details,
    ...(retry_after === undefined ? {} : { retryAfterSeconds: retry_after }),
  });
}

/** This runs inside of the connection's parser, which must not see an exception. */
function decodeOrNothing(data: Uint8Array): unknown {
  try {
    return decodePayload(data);
  } catch {
    return undefined;
  }
}
