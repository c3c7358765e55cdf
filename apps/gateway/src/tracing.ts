import type { FastifyInstance } from 'fastify';
import { beginSpan, isTracing } from '#telemetry/tracing.js';

/** A span for each request, under the one that the caller names in `traceparent`. Without tracing there are no hooks. */
export function traceRequests(server: FastifyInstance): void {
  if (!isTracing()) return;
  server.decorateRequest('span', undefined);
  server.addHook('onRequest', (request, _reply, done) => {
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
    if (request.span?.isRecorded === true) request.span.run(done);
    else done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    if (request.span?.isRecorded === true) {
      request.span.end(reply.statusCode >= 500, { 'http.response.status_code': String(reply.statusCode) });
    }
    done();
  });
}
