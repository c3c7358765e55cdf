import type { z } from 'zod';
import type { ErrorCode } from '../error.js';

/** Which of the limits of api.md a request counts against; `none` is for what costs nothing and says nothing. */
export type LimitName = 'send' | 'search' | 'register' | 'login' | 'request' | 'none';

/**
 * One operation of the HTTP interface as data. Routing, validation, OpenAPI and the typed client all read it.
 * Everything in `params`, `query` and `headers` arrives as text; their schemas turn it into what the handler receives.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `{name}` stands for a path parameter, which `params` declares. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly description?: string;
  /** `user` needs an access token. */
  readonly auth: 'user' | 'none';
  readonly limit: LimitName;
  /** How many uses of its limit a request counts as, by its validated body; one unless given. */
  cost?(body: unknown): number;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  /** For NDJSON the schema of one line. Without a body schema only an empty body or `{}` is accepted. */
  readonly body?: z.ZodType;
  /** 256 KiB unless given. */
  readonly maxBodyBytes?: number;
  readonly content?: 'application/json' | 'application/x-ndjson';
  readonly status: 200 | 201;
  readonly reply: z.ZodType;
  /** The answer carries an ETag, and a matching If-None-Match gets 304. */
  readonly etag?: true;
  /** Answers may be kept by anyone for that many seconds; without it nobody keeps them. */
  readonly publicForSeconds?: number;
  /** Errors beyond those that follow from the rest. */
  readonly errors?: readonly ErrorCode[];
}

type OutputOf<R, Part extends 'params' | 'query' | 'headers'> =
  R extends Readonly<Record<Part, infer Schema extends z.ZodType>> ? z.output<Schema> : Record<never, never>;

type BodyOf<R> = R extends { readonly content: 'application/x-ndjson' }
  ? AsyncIterable<Uint8Array>
  : R extends { readonly body: infer Body extends z.ZodType }
    ? z.output<Body>
    : undefined;

/** What a handler receives: every part validated. An NDJSON body is a stream, whose lines the handler validates. */
export interface InputOf<R extends Route> {
  readonly params: OutputOf<R, 'params'>;
  readonly query: OutputOf<R, 'query'>;
  readonly headers: OutputOf<R, 'headers'>;
  readonly body: BodyOf<R>;
}

/** What a handler answers, and what a client receives. */
export type ReplyOf<R extends Route> = z.output<R['reply']>;

/** Declares an operation. Path parameters without a schema, and schemas without a parameter, are found by a spec. */
export function route<const R extends Route>(definition: R): R {
  return definition;
}
