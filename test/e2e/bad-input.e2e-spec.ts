import { beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { request as rawRequest } from 'node:http';
import type { JsonSchema } from '../contract/json-schema.js';
import { sample } from '../contract/sample.js';
import { spoil } from '../contract/spoil.js';
import { http, Person, serverUrl, type Answer } from './client.js';

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: JsonSchema;
}

interface Operation {
  method: string;
  path: string;
  parameters: Parameter[];
  body: JsonSchema | undefined;
  needsUser: boolean;
}

interface OpenApi {
  paths: Record<string, Record<string, OperationObject>>;
}

interface OperationObject {
  parameters?: Parameter[];
  security?: object[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
}

const { body: document } = await http<OpenApi>('GET', '/api/openapi.json');
const operations: Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    method: method.toUpperCase(),
    path,
    parameters: operation.parameters ?? [],
    body: operation.requestBody?.content['application/json']?.schema,
    needsUser: (operation.security ?? []).length > 0,
  })),
);

let person: Person;
beforeAll(async () => {
  person = await Person.register('careful');
});

/** The path with ids that nothing has. */
function pathOf({ path, parameters }: Operation, values: Record<string, string> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const schema = parameters.find((parameter) => parameter.in === 'path' && parameter.name === name)?.schema;
    return encodeURIComponent(values[name] ?? String(sample(schema ?? {}, document)));
  });
}

function queryOf({ parameters }: Operation): string {
  const required = parameters.filter((parameter) => parameter.in === 'query' && parameter.required === true);
  return new URLSearchParams(
    required.map(({ name, schema }): [string, string] => [name, String(sample(schema, document))]),
  ).toString();
}

function send(
  operation: Operation,
  body: unknown,
  path = `${pathOf(operation)}?${queryOf(operation)}`,
): Promise<Answer> {
  return http(operation.method, path, { token: person.login.token, body });
}

function sendRaw(operation: Operation, raw: string): Promise<Answer> {
  return http(operation.method, `${pathOf(operation)}?${queryOf(operation)}`, { token: person.login.token, raw });
}

function validBody(operation: Operation): unknown {
  return operation.body === undefined ? undefined : sample(operation.body, document);
}

/** `undefined` when the answer is the error that was expected, in the contract's form; otherwise what is wrong. */
function misses(what: string, answer: Answer, ...statuses: number[]): string | undefined {
  const error = (answer.body as { error?: { code?: string; message?: string } } | null)?.error;
  const isInForm = typeof error?.code === 'string' && typeof error.message === 'string' && error.message !== '';
  if (statuses.includes(answer.status) && isInForm && answer.headers.get('x-request-id') !== null) return undefined;
  return `${what}: ${answer.status} ${JSON.stringify(answer.body)}`;
}

async function snapshot(): Promise<unknown> {
  return [
    await person.ok('GET', '/api/chats'),
    await person.ok('GET', '/api/workspaces'),
    await person.ok('GET', '/api/users/me'),
    await person.ok('GET', `/api/messages?chat_id=${person.generalId}`),
  ];
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Tokens that look like ours and were not made by us. */
function forgedTokens(genuine: string): string[] {
  const [head = '', claims = '', signature = ''] = genuine.split('.');
  const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as object;
  const payload = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub: string };
  const foreign = generateKeyPairSync('ed25519');
  const signed = (kind: object, body: object) => {
    const input = `${base64url({ ...header, ...kind })}.${base64url({ ...payload, ...body })}`;
    return `${input}.${sign(null, Buffer.from(input), foreign.privateKey).toString('base64url')}`;
  };
  const hmacInput = `${base64url({ ...header, alg: 'HS256' })}.${claims}`;
  return [
    'nonsense',
    `${base64url({ alg: 'none', typ: 'at+jwt' })}.${claims}.`,
    `${base64url({ ...header, alg: 'NoNe' })}.${claims}.${signature}`,
    `${hmacInput}.${createHmac('sha256', 'public').update(hmacInput).digest('base64url')}`,
    `${head}.${claims}.`,
    `${head}.${base64url({ ...payload, sub: String(Number(payload.sub) + 1) })}.${signature}`,
    signed({}, {}),
    signed({ kid: '../../etc/passwd' }, {}),
    signed({ jwk: foreign.publicKey.export({ format: 'jwk' }) }, {}),
    signed({}, { exp: 1 }),
    'x'.repeat(7_000),
  ];
}

describe.each(operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
  '%s',
  (_name, operation) => {
    it('refuses what is spoiled in the body, and changes nothing', async () => {
      if (operation.body === undefined) return;
      const before = await snapshot();
      const wrong: (string | undefined)[] = [];
      for (const { what, value } of spoil(operation.body, validBody(operation), document))
        wrong.push(misses(what, await send(operation, value), 422, 400));
      wrong.push(misses('malformed JSON', await sendRaw(operation, '{"a":'), 400));
      wrong.push(misses('oversize', await sendRaw(operation, `{"a":"${'x'.repeat(600_000)}"}`), 413));
      wrong.push(misses('deep JSON', await sendRaw(operation, `${'['.repeat(5_000)}${']'.repeat(5_000)}`), 400, 422));
      wrong.push(misses('no body', await send(operation, undefined), 400, 422));
      expect(wrong.filter((text) => text !== undefined)).toEqual([]);
      expect(await snapshot()).toEqual(before);
    });

    it('refuses what is spoiled in the path and the query', async () => {
      const wrong: (string | undefined)[] = [];
      for (const { name, schema } of operation.parameters.filter((parameter) => parameter.in === 'path')) {
        if (schema.type !== 'integer') continue;
        for (const value of ['abc', '0', '-1', '1.5', '9'.repeat(20), '1%00', "1' OR 1=1 --"])
          wrong.push(
            misses(
              `${name}=${value}`,
              await send(operation, validBody(operation), pathOf(operation, { [name]: value })),
              422,
              404,
              400,
            ),
          );
      }
      const query = queryOf(operation);
      const start = `${pathOf(operation)}?${query}${query === '' ? '' : '&'}`;
      wrong.push(
        misses('unknown parameter', await send(operation, validBody(operation), `${start}nobody_knows_this=1`), 422),
      );
      for (const { name, schema, required } of operation.parameters.filter((parameter) => parameter.in === 'query')) {
        const value = String(sample(schema, document));
        const others = new URLSearchParams(query);
        others.delete(name);
        const without = `${pathOf(operation)}?${others.toString()}`;
        wrong.push(
          misses(
            `${name} twice`,
            await send(operation, validBody(operation), `${without}&${name}=${value}&${name}=${value}`),
            422,
          ),
        );
        wrong.push(
          misses(`${name} has a NUL`, await send(operation, validBody(operation), `${without}&${name}=%00`), 422),
        );
        if (required === true)
          wrong.push(misses(`${name} is missing`, await send(operation, validBody(operation), without), 422));
      }
      expect(wrong.filter((text) => text !== undefined)).toEqual([]);
    });

    it('refuses forged and missing tokens before it looks at anything else', async () => {
      if (!operation.needsUser) return;
      const wrong: (string | undefined)[] = [];
      for (const token of [undefined, '', ...forgedTokens(person.login.token)]) {
        const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
        const answer = await http(operation.method, pathOf(operation), {
          ...(operation.body === undefined ? {} : { body: { nobody_knows_this: 1 } }),
          headers: authorization,
        });
        wrong.push(misses(`token ${token?.slice(0, 40) ?? 'missing'}`, answer, 401));
      }
      expect(wrong.filter((text) => text !== undefined)).toEqual([]);
    });
  },
);

describe('What no route answers', () => {
  it('is not found in the form of the contract', async () => {
    for (const [method, path] of [
      ['GET', '/api/nothing'],
      ['PUT', '/api/messages'],
      ['GET', '/metrics'],
      ['GET', '/admin/production/health'],
      ['GET', '/..%2f..%2fetc/passwd'],
    ] as const)
      expect(misses(`${method} ${path}`, await http(method, path, { token: person.login.token }), 404)).toBeUndefined();
  });

  it('is a parameter that reaches for the prototype of objects', async () => {
    for (const query of ['__proto__[polluted]=1', 'constructor[prototype][polluted]=1', '__proto__=1'])
      expect(
        misses(query, await http('GET', `/api/chats?${query}`, { token: person.login.token }), 422),
      ).toBeUndefined();
  });

  it('answers a request that is not HTTP with an error and goes on', async () => {
    const status = await new Promise<number | undefined>((done) => {
      const { hostname, port } = new URL(serverUrl);
      const request = rawRequest(
        {
          hostname,
          port,
          method: 'POST',
          path: '/api/messages',
          headers: { 'content-length': '5', 'transfer-encoding': 'chunked' },
        },
        (response) => {
          response.resume();
          done(response.statusCode);
        },
      );
      request.on('error', () => done(400));
      request.end('0\r\n\r\n');
    });
    expect(status).toBeGreaterThanOrEqual(400);
    expect((await http('GET', '/api/health')).status).toBe(200);
  });
});
