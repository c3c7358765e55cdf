import { afterEach, describe, expect, it } from '@jest/globals';
import { authRpc } from '#contracts/auth.contract.js';
import { FechatterError } from '#contracts/error.js';
import { messageRpc } from '#contracts/message.contract.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { startGateway, type Answer, type TestGateway } from '../gateway.fixture.js';

let gateway: TestGateway;
/** What the services were asked, in order. */
let asked: string[];

async function start(env: Record<string, string> = {}): Promise<void> {
  gateway = await startGateway(env);
  asked = [];
  gateway.bus.serve(
    workspaceRpc.list,
    async () => {
      asked.push('workspaces');
      return { workspaces: [] };
    },
    { queue: 'chat' },
  );
  gateway.bus.serve(
    messageRpc.delete,
    async ({ message_id }) => {
      asked.push(`delete ${message_id}`);
      if (message_id === 1) throw new FechatterError('FORBIDDEN');
      return {};
    },
    { queue: 'message' },
  );
}

afterEach(() => gateway.close());

function run(operations: object[], headers: Record<string, string> = {}): Promise<Answer> {
  return gateway.send('POST', '/api/batch', { token: gateway.token, body: { operations }, headers });
}

interface Result {
  status: number;
  body: { error?: { code: string; details?: { field: string }[] }; request_id?: string };
}

function resultsOf({ json }: Answer): Result[] {
  return json['results'] as Result[];
}

const listing = { method: 'GET', path: '/api/workspaces' };
const deletion = (id: number | string) => ({ method: 'DELETE', path: `/api/messages/${id}` });

describe('a batch of operations', () => {
  it('does each in its order and answers each as if it came alone', async () => {
    await start();
    const answer = await run([deletion(2), deletion(1), deletion('x'), listing, { ...listing, path: '/api/chats/0' }]);
    expect(answer.status).toBe(200);
    const results = resultsOf(answer);
    expect(results.map(({ status }) => status)).toEqual([200, 403, 422, 200, 422]);
    expect(results[3]?.body).toEqual({ workspaces: [] });
    expect(results[2]?.body.error?.details?.[0]?.field).toBe('id');
    expect(results[1]?.body.request_id).toBe(answer.headers.get('x-request-id'));
    expect(asked).toEqual(['delete 2', 'delete 1', 'workspaces']);
  });

  it.each([
    ['of another server', '//evil.example/api/workspaces'],
    ['of another server by backslashes', '/\\evil.example/api/workspaces'],
    ['with a scheme', 'http://evil.example/api/workspaces'],
    ['that is relative', 'api/workspaces'],
    ['outside the API', '/metrics'],
    ['that leaves the API', '/api/../metrics'],
    ['that leaves it in disguise', '/api/%2e%2e/health/live'],
    ['of a batch', '/api/batch'],
    ['of a batch in disguise', '/api/%62atch'],
    ['of a batch behind a detour', '/api/x/../batch?a=1#b'],
    ['of an import', '/api/workspaces/1/import'],
    ['of the event stream', '/api/events'],
    ['of nothing', '/api/nothing'],
  ])('refuses a path %s, and does nothing', async (_, path) => {
    await start();
    for (const method of ['GET', 'POST']) {
      const answer = await run([listing, { method, path, body: {} }]);
      expect([answer.status, answer.json]).toEqual([
        422,
        expect.objectContaining({
          error: expect.objectContaining({ details: [expect.objectContaining({ field: 'operations.1.path' })] }),
        }),
      ]);
    }
    expect(asked).toEqual([]);
  });

  it('begins nothing more when the answers have become too long', async () => {
    await start();
    const edits = [{ content: 'x'.repeat(400_000), edited_at: new Date().toISOString() }];
    gateway.bus.serve(messageRpc.history, async () => ({ edits }), { queue: 'message' });
    const history = { method: 'GET', path: '/api/messages/1/history' };
    const results = resultsOf(await run([history, history, history, deletion(2)]));
    expect(results.map(({ status }) => status)).toEqual([200, 200, 200, 503]);
    expect(results[3]?.body.error?.code).toBe('UNAVAILABLE');
    expect(asked).toEqual([]);
  });

  it('begins nothing more when its time is over', async () => {
    await start({ REQUEST_TIMEOUT_MS: '300' });
    let release = () => undefined as void;
    const released = new Promise<void>((resolve) => (release = resolve));
    gateway.bus.serve(messageRpc.history, () => released.then(() => ({ edits: [] })), { queue: 'message' });
    const history = { method: 'GET', path: '/api/messages/1/history' };
    const results = resultsOf(await run([history, history, deletion(2)]));
    release();
    expect(results.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(asked).toEqual([]);
  });

  it('counts against the limits as itself and as each operation', async () => {
    await start({ LIMIT_REQUESTS_PER_MINUTE: '4' });
    const results = resultsOf(await run([listing, listing, listing, listing]));
    expect(results.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect((await run([listing])).status).toBe(429);
  });

  it('comes from the address of its caller', async () => {
    await start({ TRUST_PROXY: '127.0.0.1' });
    const addresses: string[] = [];
    gateway.bus.serve(
      authRpc.login,
      async ({ client }) => {
        addresses.push(client.address);
        throw new FechatterError('UNAUTHORIZED');
      },
      { queue: 'auth' },
    );
    const login = {
      method: 'POST',
      path: '/api/auth/login',
      body: { email: 'a@example.com', password: 'x'.repeat(9) },
    };
    const results = resultsOf(await run([login], { 'x-forwarded-for': '10.1.2.3' }));
    expect([results[0]?.status, addresses]).toEqual([401, ['10.1.2.3']]);
  });
});
