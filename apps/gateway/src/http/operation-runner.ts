import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { FechatterError, invalid } from '#contracts/error.js';
import { batchApi, type BatchOperation, type BatchResult } from '#contracts/http/batch.routes.js';
import { routes } from '#contracts/http/routes.js';
import { errorBody } from './server/error-body.js';
import type { RequestCall } from './server/request-call.js';

/** No operation is begun when the answers are longer than this together. */
const mostBytes = 1024 * 1024;
/** Stands for this server; a path that names another one does not resolve to it. */
const origin = 'http://batch.invalid';

interface Target {
  readonly method: BatchOperation['method'];
  readonly url: string;
  readonly payload: string | undefined;
}

interface Pattern {
  readonly method: string;
  readonly path: RegExp;
}

/** Operations of the HTTP interface with JSON in and out, except batches of them. */
const allowed: readonly Pattern[] = Object.values(routes)
  .flatMap((table) => Object.values(table))
  .filter(({ path, content }) => path.startsWith('/api/') && path !== batchApi.run.path && content === undefined)
  .map(({ method, path }) => ({ method, path: patternOf(path) }));

/** Runs operations in order by the way that every request takes: guard, limits, validation, handler. */
@Injectable()
export class OperationRunner {
  constructor(private readonly host: HttpAdapterHost) {}

  /** VALIDATION_ERROR, with nothing done, when one of them cannot be part of a batch. */
  async run(operations: readonly BatchOperation[], call: RequestCall): Promise<BatchResult[]> {
    const targets = operations.map((operation, index) => targetOf(operation, `operations.${index}.path`));
    const results: BatchResult[] = [];
    let bytes = 0;
    for (const target of targets) {
      if (bytes > mostBytes || Date.now() >= call.deadline) {
        results.push({ status: notRun.status, body: errorBody(notRun, call.requestId) });
        continue;
      }
      const { statusCode, rawPayload } = await this.dispatch(target, call);
      bytes += rawPayload.length;
      results.push({ status: statusCode, body: JSON.parse(rawPayload.toString('utf8')) as BatchResult['body'] });
    }
    return results;
  }

  private dispatch({ method, url, payload }: Target, { authorization, client, requestId, traceparent }: RequestCall) {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    return fastify.inject({
      method,
      url,
      remoteAddress: client.address,
      headers: {
        'user-agent': client.user_agent,
        'x-request-id': requestId,
        ...(authorization === undefined ? {} : { authorization }),
        ...(traceparent === undefined ? {} : { traceparent }),
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(payload === undefined ? {} : { payload }),
    });
  }
}

const notRun = new FechatterError('UNAVAILABLE', 'This was not begun: the batch took too long or answered too much.');

function targetOf({ method, path, body }: BatchOperation, field: string): Target {
  const url = URL.canParse(path, origin) ? new URL(path, origin) : undefined;
  if (!path.startsWith('/') || url?.origin !== origin) throw invalid(field, 'Must be a path of this server');
  const isAllowed = allowed.some((pattern) => pattern.method === method && pattern.path.test(url.pathname));
  if (!isAllowed) throw invalid(field, 'Names no operation that can be part of a batch');
  return { method, url: url.pathname + url.search, payload: body === undefined ? undefined : JSON.stringify(body) };
}

/** Matches paths as they are sent: with `%` escapes. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`);
}
