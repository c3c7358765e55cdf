import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { FechatterError, fromZodError } from '#contracts/error.js';
import type { InputOf, Route } from '#contracts/http/route.js';

const nothing = z.strictObject({});
const noBody = nothing.optional().transform(() => undefined);

/** Everything that came with a request, validated by its contract. Throws VALIDATION_ERROR, or BAD_REQUEST. */
export function parseInput<R extends Route>(contract: R, request: FastifyRequest): InputOf<R> {
  return {
    // A path without a parameter in its pattern brings none.
    params: contract.params === undefined ? {} : parse(contract.params, request.params),
    query: parse(contract.query ?? nothing, request.query),
    headers: contract.headers === undefined ? {} : parse(contract.headers, request.headers),
    body: bodyOf(contract, request.body),
  } as InputOf<R>;
}

function bodyOf(contract: Route, body: unknown): unknown {
  const isStream = body instanceof Readable;
  if (contract.content === 'application/x-ndjson') {
    // A handler that stops reading must still be able to answer: the stream is not destroyed with the loop.
    if (isStream) return body.iterator({ destroyOnReturn: false });
    throw new FechatterError('BAD_REQUEST', 'Send the lines with `Content-Type: application/x-ndjson`.');
  }
  if (isStream) throw new FechatterError('BAD_REQUEST', 'Send JSON with `Content-Type: application/json`.');
  // Fastify hands over null where there was no body at all.
  const given = body ?? undefined;
  return contract.body === undefined && given === undefined ? undefined : parse(contract.body ?? noBody, given);
}

function parse(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw fromZodError(result.error);
}
