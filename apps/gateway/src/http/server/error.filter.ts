import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FechatterError, type ErrorCode } from '#contracts/error.js';
import { Logger } from '#telemetry/logger.js';
import { errorBody, errorHeaders } from './error-body.js';

const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'BAD_REQUEST',
  404: 'NOT_FOUND',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'BAD_REQUEST',
  503: 'UNAVAILABLE',
};

const messageOfStatus: Readonly<Record<number, string>> = {
  404: 'There is no such operation. /api/docs lists what there is.',
  413: 'The body is too large.',
  415: 'Send JSON with `Content-Type: application/json`.',
};

/** Answers every error in the form of api.md. What is not an error of the contract is logged and told as INTERNAL_ERROR. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('gateway.http');

  catch(exception: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (isProbe(request, exception)) {
      void reply.status(exception.getStatus()).send(exception.getResponse());
      return;
    }
    const error = this.toContract(exception, request);
    void reply.headers(errorHeaders(error)).status(error.status).send(errorBody(error, request.id));
  }

  private toContract(exception: unknown, request: FastifyRequest): FechatterError {
    if (exception instanceof FechatterError && exception.code !== 'INTERNAL_ERROR') return exception;
    const status = statusOf(exception);
    const code = codeOfStatus[status];
    if (code !== undefined) return new FechatterError(code, messageOfStatus[status]);
    this.log(exception, request);
    return new FechatterError('INTERNAL_ERROR');
  }

  private log(error: unknown, request: FastifyRequest): void {
    const { method, routeOptions, id } = request;
    this.logger.error('A request failed', error, { method, route: routeOptions.url, request_id: id });
  }
}

/** Nest and Fastify both hang a status onto their errors; only those of the request's own making are looked at. */
function statusOf(exception: unknown): number {
  if (exception instanceof HttpException) return exception.getStatus();
  const status =
    typeof exception === 'object' && exception !== null && 'statusCode' in exception && exception.statusCode;
  return status === 400 ? 400 : 500;
}

/** Probes of terminus answer in their own form, which Kubernetes and people read. */
function isProbe(request: FastifyRequest, exception: unknown): exception is HttpException {
  return exception instanceof HttpException && (request.routeOptions.url ?? '').startsWith('/health/');
}
