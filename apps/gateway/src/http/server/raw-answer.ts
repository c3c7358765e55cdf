import { STATUS_CODES } from 'node:http';
import type { FechatterError } from '#contracts/error.js';
import { errorBody, errorHeaders } from './error-body.js';

/** An error answer, head and body, to what Fastify never sees; in the form of every other. The connection ends with it. */
export function rawAnswer(error: FechatterError, requestId: string, headers: Readonly<Record<string, string>>): string {
  const body = JSON.stringify(errorBody(error, requestId));
  const all = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'x-request-id': requestId,
    ...headers,
    ...errorHeaders(error),
    connection: 'close',
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`, ...lines, '', body].join('\r\n');
}
