import type { z } from 'zod';
import type { Route } from '#contracts/http/route.js';

type OptionalKeys<Schema extends z.ZodObject> = {
  [Name in keyof z.input<Schema>]-?: undefined extends z.input<Schema>[Name] ? Name : never;
}[keyof z.input<Schema>];

/** Parameters as a caller writes them: numbers as numbers, lists as lists, and what has a default may be left out. */
type Written<Schema extends z.ZodObject> = Readonly<
  Omit<z.output<Schema>, OptionalKeys<Schema>> &
    Partial<Pick<z.output<Schema>, OptionalKeys<Schema> & keyof z.output<Schema>>>
>;

type None = Readonly<Record<never, never>>;

type ParamsOf<R> = R extends { readonly params: infer Schema extends z.ZodObject }
  ? { readonly params: Written<Schema> }
  : None;

type QueryOf<R> = R extends { readonly query: infer Schema extends z.ZodObject }
  ? None extends Written<Schema>
    ? { readonly query?: Written<Schema> }
    : { readonly query: Written<Schema> }
  : None;

/** Lines of NDJSON may be streamed. */
type BodyOf<R> = R extends { readonly content: 'application/x-ndjson' }
  ? { readonly body: NonNullable<RequestInit['body']> }
  : R extends { readonly body: infer Body extends z.ZodType }
    ? { readonly body: z.input<Body> }
    : None;

/** What an operation is called with: the parts that its contract declares. */
type CallInput<R extends Route> = ParamsOf<R> & QueryOf<R> & BodyOf<R>;

/** An operation that needs nothing is called without input. */
export type InputArguments<R extends Route> =
  None extends CallInput<R> ? [input?: CallInput<R>] : [input: CallInput<R>];

type Value = string | number | boolean | readonly (string | number)[] | undefined;
interface Parts {
  readonly params?: Readonly<Record<string, Value>>;
  readonly query?: Readonly<Record<string, Value>>;
  readonly body?: unknown;
}

/** The request of an operation: its path with everything in place, and what `fetch` wants to know. */
export function requestOf(route: Route, input: object): { path: string; init: RequestInit } {
  const { params = {}, query = {}, body }: Parts = input;
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  // A list is one parameter: its parts separated by commas.
  const search = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString();
  return {
    path: search === '' ? path : `${path}?${search}`,
    init: { method: route.method, ...contentOf(route, body) },
  };
}

function contentOf({ content = 'application/json' }: Route, body: unknown): RequestInit {
  if (body === undefined) return {};
  const headers = { 'content-type': content };
  if (content === 'application/json') return { headers, body: JSON.stringify(body) };
  return { headers, body: body as NonNullable<RequestInit['body']>, duplex: 'half' };
}
