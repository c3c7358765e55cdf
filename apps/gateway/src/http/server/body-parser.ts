import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FechatterError } from '#contracts/error.js';

const maxDepth = 20;
const maxKeys = 1_000;

/** Accepts JSON up to the body limit, and NDJSON as a stream that nobody reads before the handler does. Nothing else. */
export function acceptBodies(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    const problem = encodingProblem(request) ?? (isUtf8(body) ? undefined : 'The body is not UTF-8.');
    if (problem !== undefined) return done(new FechatterError('BAD_REQUEST', problem));
    if (body.length === 0) return done(null, undefined);
    void parseJson(request, body.toString('utf8'), (error, value) => {
      if (error !== null) return done(new FechatterError('BAD_REQUEST', 'The body is not valid JSON.'));
      const bounds = boundsProblem(value);
      if (bounds !== undefined) return done(new FechatterError('BAD_REQUEST', bounds));
      done(null, value);
    });
    return;
  });
  fastify.addContentTypeParser('application/x-ndjson', (request, stream, done) => {
    const problem = encodingProblem(request);
    if (problem !== undefined) done(new FechatterError('BAD_REQUEST', problem));
    else done(null, stream);
  });
}

function encodingProblem(request: FastifyRequest): string | undefined {
  const encoding = request.headers['content-encoding'];
  return encoding === undefined || encoding === 'identity' ? undefined : 'Send the body without Content-Encoding.';
}

/** Bounds what validation has to walk through: deep nesting and objects with very many keys. */
function boundsProblem(value: unknown, depth = 1): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > maxDepth) return `The body is nested more than ${maxDepth} levels deep.`;
  const items = Object.values(value);
  if (!Array.isArray(value) && items.length > maxKeys) return `An object in the body has more than ${maxKeys} keys.`;
  for (const item of items) {
    const problem = boundsProblem(item, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
