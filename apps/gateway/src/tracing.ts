import type { FastifyInstance, FastifyReply } from 'fastify';
import { beginSpan, isTracing } from '#telemetry/tracing.js';

/** A span for each request, under the one that the caller names in `traceparent`. Without tracing there is no hook. */
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
    const { span } = request;
    if (span?.isRecorded !== true) return done();
    span.run(done);
  });
}

/** Of a request that has been answered or given up; there is none where it is not recorded. */
export function endSpan({ request: { span } }: FastifyReply, status: number): void {
  if (span?.isRecorded === true) span.end(status >= 500, { 'http.response.status_code': String(status) });
}
