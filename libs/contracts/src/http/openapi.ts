import { z } from 'zod';
import { ErrorBody, errorCatalogue, type ErrorCode } from '../error.js';
import type { Route } from './route.js';

type Json = Record<string, unknown>;

const limits: Readonly<Record<Route['limit'], string | undefined>> = {
  send: '300 a second for each user',
  search: '100 a minute for each user',
  register: '20 an hour from each address',
  login: 'after 100 failures from an address or 10 for an account within 15 minutes',
  request: '1,200 a minute for each user, without a token for each address',
  none: undefined,
};

/** The OpenAPI 3.1 document of tables of operations, made of the same schemas that validate them. */
export function openApiDocument(
  tables: Readonly<Record<string, Readonly<Record<string, Route>>>>,
): Json & { openapi: string } {
  const schemas = new Components();
  const paths: Record<string, Json> = {};
  for (const [tag, table] of Object.entries(tables)) {
    for (const [name, route] of Object.entries(table)) {
      const item = (paths[route.path] ??= {});
      item[route.method.toLowerCase()] = operation(tag, name, route, schemas);
    }
  }
  schemas.add(ErrorBody, 'output');
  return {
    openapi: '3.1.0',
    info: {
      title: 'Fechatter',
      version: '1',
      description:
        'Ids are numbers; times are RFC 3339 in UTC with milliseconds. Lists carry `next_cursor`, null on the last page. ' +
        'Every answer carries `X-Request-Id`. Bodies are at most 256 KiB unless an operation says otherwise; ' +
        'unknown fields are refused. ' +
        'What happens in the chats of a user arrives live over WebSocket at `/ws` and as server-sent events at `/api/events`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The `token` of a login' },
      },
      headers: headers(),
      responses: Object.fromEntries(
        (Object.keys(errorCatalogue) as ErrorCode[]).map((code) => [code, errorResponse(code)]),
      ),
      schemas: schemas.all(),
    },
  };
}

function operation(tag: string, name: string, route: Route, schemas: Components): Json {
  const limit = limits[route.limit];
  const description = [
    route.description,
    route.maxBodyBytes === undefined ? undefined : `Body: at most ${route.maxBodyBytes / 1024} KiB.`,
    limit === undefined ? undefined : `Limit: ${limit}.`,
  ];
  return {
    tags: [tag],
    operationId: camel(`${tag} ${name}`),
    summary: route.summary,
    description: description.filter((part) => part !== undefined).join('\n\n') || undefined,
    security: route.auth === 'user' ? [{ bearer: [] }] : [],
    parameters: [
      ...parameters('path', route.params, schemas),
      ...parameters('query', route.query, schemas),
      ...parameters('header', route.headers, schemas),
    ],
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { [route.content ?? 'application/json']: { schema: schemas.add(route.body, 'input') } },
          },
        }),
    responses: {
      [route.status]: {
        description: 'Done',
        headers: successHeaders(route),
        content: { 'application/json': { schema: schemas.add(route.reply, 'output') } },
      },
      ...(route.etag === true ? { 304: { description: 'Nothing has changed since the ETag that was sent' } } : {}),
      ...Object.fromEntries(
        errorsOf(route).map((code) => [errorCatalogue[code].status, { $ref: `#/components/responses/${code}` }]),
      ),
    },
  };
}

/** What can go wrong follows from the contract; `errors` adds what only the operation itself knows. */
function errorsOf(route: Route): ErrorCode[] {
  const codes = new Set<ErrorCode>(['BAD_REQUEST', 'VALIDATION_ERROR', 'INTERNAL_ERROR', 'UNAVAILABLE']);
  if (route.auth === 'user') codes.add('UNAUTHORIZED');
  if (route.params !== undefined) codes.add('NOT_FOUND');
  if (route.limit !== 'none') codes.add('RATE_LIMITED');
  if (route.method !== 'GET') codes.add('PAYLOAD_TOO_LARGE');
  for (const code of route.errors ?? []) codes.add(code);
  return [...codes].sort((a, b) => errorCatalogue[a].status - errorCatalogue[b].status);
}

function parameters(place: 'path' | 'query' | 'header', schema: z.ZodObject | undefined, schemas: Components): Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, part]) => {
    const type = part as z.ZodType;
    const json = schemas.add(type, 'output');
    const list = json['type'] === 'array' ? { style: 'form', explode: false } : {};
    return { name, in: place, required: !type.safeParse(undefined).success, ...list, schema: json };
  });
}

function successHeaders(route: Route): Json {
  const names = ['X-Request-Id'];
  if (['send', 'search', 'request', 'register'].includes(route.limit)) {
    names.push('X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset');
  }
  if (route.etag === true) names.push('ETag');
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function headers(): Json {
  const header = (description: string, schema: Json, example: unknown) => ({ description, schema, example });
  return {
    'X-Request-Id': header('Names the request in our logs', { type: 'string' }, '6f1c0a52-8e5a-4a0e-9c0b-2f1d7c1b9a11'),
    'X-RateLimit-Limit': header('How many there may be in the window', { type: 'integer' }, 1200),
    'X-RateLimit-Remaining': header('How many are left in the window', { type: 'integer' }, 1199),
    'X-RateLimit-Reset': header('When the window begins anew, in epoch seconds', { type: 'integer' }, 1767225600),
    'Retry-After': header('Seconds to wait', { type: 'integer' }, 30),
    ETag: header('Send it as If-None-Match', { type: 'string' }, '"kq2Zs0zv3m0oD5J1mX1rQm8wA0c"'),
  };
}

function errorResponse(code: ErrorCode): Json {
  const { message } = errorCatalogue[code];
  const names = ['X-Request-Id'];
  if (code === 'RATE_LIMITED') names.push('X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset');
  if (code === 'RATE_LIMITED' || code === 'UNAVAILABLE') names.push('Retry-After');
  const details = code === 'VALIDATION_ERROR' ? { details: [{ field: 'email', reason: 'Invalid email address' }] } : {};
  const example = { error: { code, message, ...details }, request_id: '6f1c0a52-8e5a-4a0e-9c0b-2f1d7c1b9a11' };
  return {
    description: message,
    headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' }, example } },
  };
}

/** Schemas with an id stand once under `components`, everything else stands where it is used. */
class Components {
  private readonly schemas = new Map<string, string>();

  add(schema: z.ZodType, io: 'input' | 'output'): Json {
    const json = z.toJSONSchema(schema, { io, target: 'draft-2020-12', override: withoutPattern });
    const { $defs: definitions = {}, ...rest } = retarget(json) as { $defs?: Json } & Json;
    for (const [name, definition] of Object.entries(definitions)) this.keep(componentName(name), definition);
    return rest;
  }

  all(): Json {
    const entries = [...this.schemas].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([name, text]) => [name, JSON.parse(text) as unknown]));
  }

  private keep(name: string, definition: unknown): void {
    const text = JSON.stringify(definition);
    const known = this.schemas.get(name);
    if (known !== undefined && known !== text) throw new Error(`Two schemas are called ${name}`);
    this.schemas.set(name, text);
  }
}

/** A format says it better than the expression that checks it. */
function withoutPattern({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
}

/** The only schema without an id that refers to itself is that of any JSON value. */
function componentName(name: string): string {
  return name.startsWith('__schema') ? 'Json' : name;
}

/** References point into `components`; what only names the schema itself goes. */
function retarget(json: { $schema?: string; $defs?: Record<string, { id?: string }> }): unknown {
  delete json.$schema;
  for (const definition of Object.values(json.$defs ?? {})) delete definition.id;
  const text = JSON.stringify(json, (key, value: unknown) =>
    key === '$ref' && typeof value === 'string'
      ? `#/components/schemas/${componentName(value.slice(value.lastIndexOf('/') + 1))}`
      : value,
  );
  return JSON.parse(text) as unknown;
}

function camel(words: string): string {
  return words.replace(/\s+(\w)/g, (_, letter: string) => letter.toUpperCase());
}
