import { AsyncLocalStorage } from 'node:async_hooks';

/** The request in progress, for logs and for calls that it makes. */
export interface RequestContext {
  readonly requestId: string;
  readonly traceparent?: string;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();
