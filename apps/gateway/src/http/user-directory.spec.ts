import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { userRpc } from '#contracts/user.contract.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { startGateway, userIdOf, type TestGateway } from '../gateway.fixture.js';

let gateway: TestGateway;
/** How many users each question to auth was about. */
let asked: number[] = [];
const at = '2026-01-31T12:00:00.000Z';
const nameOf = (id: number) => ({ id, username: `user${id}`, avatar_url: null });

beforeAll(async () => {
  gateway = await startGateway();
  gateway.bus.serve(
    workspaceRpc.listMembers,
    async ({ limit }, { caller }) => {
      expect(userIdOf(caller)).toBe(7);
      const members = Array.from({ length: limit }, (_, index) => ({
        user_id: limit - index,
        role: 'guest' as const,
        joined_at: at,
      }));
      return { members, next_cursor: null, has_more: false };
    },
    { queue: 'chat' },
  );
  gateway.bus.serve(
    workspaceRpc.visibleUsers,
    async ({ ids = [8, 9] }) => ({ user_ids: ids.filter((id) => id < 10), has_more: false }),
    { queue: 'chat' },
  );
  gateway.bus.serve(
    userRpc.getMany,
    async ({ ids }, { caller }) => {
      expect(caller).toEqual({ kind: 'service', service: 'gateway' });
      asked.push(ids.length);
      return { users: ids.map(nameOf) };
    },
    { queue: 'auth' },
  );
  gateway.bus.serve(
    userRpc.search,
    async ({ query, ids, limit }) => {
      expect([query, limit]).toEqual(['use', 5]);
      return { users: ids.map(nameOf) };
    },
    { queue: 'auth' },
  );
});

afterAll(() => gateway.close());

describe('users', () => {
  it('of a workspace are listed in the order of their membership, with role and presence', async () => {
    asked = [];
    const { status, json } = await gateway.send('GET', '/api/users?workspace_id=4&limit=450', { token: gateway.token });
    expect(status).toBe(200);
    const users = json['users'] as object[];
    expect(users).toHaveLength(450);
    expect(users[0]).toEqual({ ...nameOf(450), role: 'guest', status: 'offline' });
    expect(asked).toEqual([200, 200, 50]);
  });

  it('whom the caller may not see are not found, like those who do not exist', async () => {
    const seen = await gateway.send('GET', '/api/users/9', { token: gateway.token });
    expect(seen.json).toEqual({ ...nameOf(9), status: 'offline' });
    asked = [];
    const unseen = await gateway.send('GET', '/api/users/10', { token: gateway.token });
    expect([unseen.status, unseen.code]).toEqual([404, 'NOT_FOUND']);
    expect(asked).toEqual([]);
  });

  it('are searched among those whom the caller may see', async () => {
    const { json } = await gateway.send('GET', '/api/search/users?q=use&limit=5', { token: gateway.token });
    expect(json).toEqual({ users: [nameOf(8), nameOf(9)], next_cursor: null, has_more: false });
  });
});
