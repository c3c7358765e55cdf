import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * The payload of an answer as caches may have it. Where the contract says so, it may be kept by anyone for a while, or
 * carries a hash of its bytes, and who has those already gets 304 without a body.
 */
export function withCaching(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  const { contract } = request;
  if (contract === undefined || reply.statusCode !== 200) return payload;
  if (contract.publicForSeconds !== undefined) {
    void reply.header('cache-control', `public, max-age=${contract.publicForSeconds}`);
  }
  if (contract.etag !== true || !(typeof payload === 'string' || Buffer.isBuffer(payload))) return payload;
  const etag = `"${createHash('sha256').update(payload).digest('base64url').slice(0, 27)}"`;
  void reply.header('etag', etag).header('cache-control', 'private, no-cache');
  if (!matches(request.headers['if-none-match'], etag)) return payload;
  void reply.status(304).removeHeader('content-length').removeHeader('content-type');
  return null;
}

/** If-None-Match compares weakly: `W/` in front does not count. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag);
}
