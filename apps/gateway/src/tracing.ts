import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Span } from '#telemetry/tracer.js';
import { beginSpan, isTracing } from '#telemetry/tracing.js';

/** A span for each request, under the one that the caller names in `traceparent`. Without tracing there are no hooks. */
export function traceRequests(server: FastifyInstance): void {
  if (!isTracing()) return;
  const spans = new WeakMap<FastifyRequest, Span>();
  server.addHook('onRequest', (request, _reply, done) => {
    const { traceparent } = request.headers;
    const path = request.routeOptions.url ?? 'none';
    const span = beginSpan({
      name: `${request.method} ${path}`,
      kind: 'server',
      attributes: { 'http.request.method': request.method, 'http.route': path, 'fechatter.request_id': request.id },
      ...(typeof traceparent === 'string' && { traceparent }),
    });
    if (span === undefined) return done();
    spans.set(request, span);
    span.run(done);
  });
  // What follows the body is called by the socket, outside of the span.
  server.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request);
    if (span === undefined) done();
    else span.run(done);
  });
  server.addHook('onResponse', (request, reply, done) => {
    const status = String(reply.statusCode);
    spans.get(request)?.end(reply.statusCode >= 500, { 'http.response.status_code': status });
    done();
  });
}
