import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openApiDocument } from '#contracts/http/openapi.js';
import { routes } from '#contracts/http/routes.js';
import { startGateway, type TestGateway } from '../gateway.fixture.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.close());

describe('the OpenAPI document', () => {
  it('is the one that is committed: after a wanted change run `npm run contracts`', async () => {
    const committed = await readFile(new URL('../../openapi.json', import.meta.url), 'utf8');
    expect(JSON.parse(committed)).toEqual(openApiDocument(routes));
  });

  it('is served, and names only operations that exist', async () => {
    const { status, json } = await gateway.send('GET', '/api/openapi.json');
    expect(status).toBe(200);
    const paths = json['paths'] as Record<string, Record<string, { security?: unknown[] }>>;
    for (const [path, item] of Object.entries(paths)) {
      for (const [method, { security }] of Object.entries(item)) {
        const answer = await gateway.send(method.toUpperCase(), path.replace(/\{\w+\}/g, '1'));
        const open = security?.length === 0;
        expect({ method, path, open, is401: answer.status === 401 }).toEqual({ method, path, open, is401: !open });
        expect(answer.code).not.toBe('NOT_FOUND');
      }
    }
  });

  it('has every schema that it refers to', async () => {
    const { text, json } = await gateway.send('GET', '/api/openapi.json');
    const refs = new Set([...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path));
    expect(refs.size).toBeGreaterThan(20);
    for (const ref of refs) {
      const target = ref.split('/').reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], json);
      expect({ ref, found: target !== undefined }).toEqual({ ref, found: true });
    }
  });
});

describe('the page at /api/docs', () => {
  it('is served from our own disk and may load nothing else', async () => {
    const page = await gateway.send('GET', '/api/docs');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link);
    expect(links).toHaveLength(4);
    for (const link of links) expect((await gateway.send('GET', link)).status).toBe(200);
    for (const bad of ['/api/docs/package.json', '/api/docs/..%2fpackage.json', '/api/docs/toString']) {
      expect((await gateway.send('GET', bad)).code).toBe('NOT_FOUND');
    }
  });
});
