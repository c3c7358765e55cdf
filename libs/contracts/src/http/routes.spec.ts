import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Route } from './route.js';
import { routes } from './routes.js';

const all: [string, Route][] = Object.entries(routes).flatMap(([noun, table]) =>
  Object.entries(table).map(([name, route]): [string, Route] => [`${noun} ${name}`, route]),
);

describe('the tables of operations', () => {
  it.each(all)('declare the path parameters of %s, and no others', (_, { path, params }) => {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(params?.shape ?? {})).toEqual(inPath);
  });

  it.each(all)('refuse unknown fields of %s', (_, { params, query, body, content }) => {
    for (const schema of [params, query, content === undefined ? body : undefined]) {
      const result = schema?.safeParse({ surely_unknown: 1 });
      const codes = result?.error?.issues.map(({ code }) => code) ?? ['unrecognized_keys'];
      expect(codes).toContain('unrecognized_keys');
    }
  });

  it('name each operation once', () => {
    const keys = all.map(([, { method, path }]) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('answer in objects that hold what they declare and nothing else', () => {
    for (const [name, { reply, path }] of all) {
      if (path === '/api/openapi.json') continue;
      const { $ref, $defs, ...json } = z.toJSONSchema(reply, { io: 'output' });
      const { additionalProperties } = $ref === undefined ? json : ($defs?.[$ref.replace('#/$defs/', '')] ?? {});
      expect({ name, additionalProperties }).toEqual({ name, additionalProperties: false });
    }
  });
});
