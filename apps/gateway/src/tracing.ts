import type { FastifyInstance } from 'fastify';
import type { Span } from '#telemetry/span.js';
import { beginSpan, isTracing } from '#telemetry/tracing.js';
import { whenGivenUp } from './http/server/given-up.js';

/** A span for each request, under the one that the caller names in `traceparent`. Without tracing there are no hooks. */
export function traceRequests(server: FastifyInstance): void {
  if (!isTracing()) return;
  server.decorateRequest('span', undefined);
  server.addHook('onRequest', (request, reply, done) => {
    const { traceparent } = request.headers;
    request.span = beginSpan(typeof traceparent === 'string' ? traceparent : undefined, () => {
      const path = request.routeOptions.url ?? 'none';
      const attributes = {
        'http.request.method': request.method,
        'http.route': path,
        'fechatter.request_id': request.id,
      };
      return { name: `${request.method} ${path}`, kind: 'server', attributes };
    });
    const { span } = request;
    if (span?.isRecorded !== true) return done();
    whenGivenUp(request, reply, (status) => end(span, status));
    span.run(done);
  });
  server.addHook('onResponse', ({ span }, reply, done) => {
    if (span?.isRecorded === true) end(span, reply.statusCode);
    done();
  });
}

function end(span: Span, status: number): void {
  span.end(status >= 500, { 'http.response.status_code': String(status) });
}
