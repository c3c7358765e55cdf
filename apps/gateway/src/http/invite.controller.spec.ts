import { expect, it } from '@jest/globals';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { startGateway } from '../gateway.fixture.js';

const at = '2026-01-31T12:00:00.000Z';

it.each([
  { PUBLIC_URL: 'https://chat.example.com/', expected: () => 'https://chat.example.com/invite/abc' },
  { PUBLIC_URL: '', expected: (port: number) => `http://localhost:${port}/invite/abc` },
])('an invite leads to where people reach the server (PUBLIC_URL="$PUBLIC_URL")', async ({ PUBLIC_URL, expected }) => {
  const gateway = await startGateway({ PUBLIC_URL });
  const invite = {
    invite_code: 'abc',
    email: null,
    role: 'member' as const,
    created_by: 7,
    created_at: at,
    expires_at: at,
  };
  gateway.bus.serve(workspaceRpc.createInvite, async () => invite, { queue: 'chat' });
  const { json } = await gateway.send('POST', '/api/workspaces/4/invites', { token: gateway.token, body: {} });
  expect(json['invite_url']).toBe(expected(gateway.port));
  await gateway.close();
});
