import { request, type IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startGateway, type TestGateway } from '../../gateway.fixture.js';
import { securityHeaders } from '../../security/headers.js';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway({ PUBLIC_URL: 'https://chat.example.com' });
});

afterAll(() => gateway.close());

/** What comes back for an upgrade that is refused. */
function upgrade(path: string, headers: Record<string, string>): Promise<{ head: IncomingHttpHeaders; body: string }> {
  const asked = request(gateway.url + path, {
    headers: { connection: 'Upgrade', upgrade: 'websocket', ...headers },
  });
  return new Promise((resolve, reject) => {
    asked.on('error', reject).end();
    asked.on('response', (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      response.on('end', () => resolve({ head: response.headers, body }));
    });
  });
}

describe('An upgrade that is refused', () => {
  it.each([
    ['/elsewhere', {}, 'NOT_FOUND'],
    ['/ws', { origin: 'https://evil.example.com' }, 'FORBIDDEN'],
  ])('is answered as any other request: %s', async (path, headers, code) => {
    const own = await upgrade(path, { ...headers, 'x-request-id': 'mine-1' });
    expect(own.head).toMatchObject({ ...securityHeaders(true), 'x-request-id': 'mine-1' });
    expect(JSON.parse(own.body)).toMatchObject({ error: { code }, request_id: 'mine-1' });
    const insane = await upgrade(path, { ...headers, 'x-request-id': 'not an id' });
    expect(insane.head['x-request-id']).toMatch(/^[\w-]+$/);
    expect(JSON.parse(insane.body)).toMatchObject({ request_id: insane.head['x-request-id'] });
  });
});
