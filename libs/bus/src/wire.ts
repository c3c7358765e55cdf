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

export function encodeContext(context: CallContext, identities: Identities): MsgHdrs {
  const result = headers();
  result.set(header.caller, identities.sign(context.caller));
  result.set(header.deadline, String(context.deadline));
  result.set(header.requestId, context.requestId);
  if (context.traceparent !== undefined) result.set(header.traceparent, context.traceparent);
  return result;
}

/** Throws UNAUTHORIZED when the caller is not signed, BAD_REQUEST when the rest is missing. */
export function decodeContext(message: Msg, identities: Identities): CallContext {
  const given = message.headers;
  const caller = identities.verify(given?.get(header.caller) ?? '');
  const deadline = Number(given?.get(header.deadline));
  if (!Number.isSafeInteger(deadline) || deadline <= 0)
    throw new FechatterError('BAD_REQUEST', `The header ${header.deadline} is missing.`);
  const traceparent = given?.get(header.traceparent);
  return {
    caller,
    deadline,
    requestId: given?.get(header.requestId) ?? '',
    ...(traceparent === undefined || traceparent === '' ? {} : { traceparent }),
  };
}

const WireError = z.object({
  code: z.enum(Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]]),
  message: z.string(),
  details: z.array(ErrorDetail),
  retry_after: z.number().optional(),
});

export function encodeError(error: FechatterError): { payload: Buffer; headers: MsgHdrs } {
  const { code, message, details, retryAfterSeconds } = error;
  const result = headers();
  result.set(header.errorCode, String(error.status));
  result.set(header.error, code);
  return { payload: encodePayload({ code, message, details, retry_after: retryAfterSeconds }), headers: result };
}

/** The error that a reply carries, if it is one. */
export function decodeError(message: Msg): FechatterError | undefined {
  if (message.headers?.has(header.errorCode) !== true) return undefined;
  const parsed = WireError.safeParse(decodeOrNothing(message.data));
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
