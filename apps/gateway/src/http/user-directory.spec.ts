import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FechatterError } from '#contracts/error.js';
import { userRpc } from '#contracts/user.contract.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { upTo } from '#testing/range.js';
import { startGateway, userIdOf, type TestGateway } from '../gateway.fixture.js';

let gateway: TestGateway;
/** How many users each question to auth was about. */
let asked: number[] = [];
let calls: string[] = [];
let isMember = true;
const seen = { user_ids: [8, 9], has_more: false };
/** What auth finds among all users. Ids below 10 and above 900 may be seen. */
const candidates: Record<string, number[]> = { few: [9, 20, 3, 901, 4], many: upTo(1_000), unseen: [20, 30] };
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
    async ({ workspace_id, ids }) => {
      calls.push(`visible ${ids?.length ?? 'all'}`);
      if (!isMember) throw new FechatterError('NOT_FOUND');
      if (ids === undefined) return workspace_id === 5 ? { user_ids: [], has_more: true } : seen;
      return { user_ids: ids.filter((id) => id < 10 || id > 900), has_more: false };
    },
    { queue: 'chat' },
  );
  gateway.bus.serve(
    userRpc.getMany,
    async ({ ids }, { caller }) => {
      expect(caller).toEqual({ kind: 'service', service: 'gateway' });
      asked.push(ids.length);
      calls.push('names');
      return { users: ids.map(nameOf) };
    },
    { queue: 'auth' },
  );
  gateway.bus.serve(
    userRpc.search,
    async ({ query, ids, limit }) => {
      calls.push('search');
      expect([query, limit]).toEqual(['use', 5]);
      return { users: ids.map(nameOf) };
    },
    { queue: 'auth' },
  );
  gateway.bus.serve(
    userRpc.candidates,
    async ({ query }, { caller }) => {
      calls.push('candidates');
      expect(caller).toEqual({ kind: 'service', service: 'gateway' });
      return { user_ids: candidates[query] ?? [] };
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
    calls = [];
    const { json } = await gateway.send('GET', '/api/search/users?q=use&limit=5', { token: gateway.token });
    expect(json).toEqual({ users: [nameOf(8), nameOf(9)], next_cursor: null, has_more: false });
    expect(calls).toEqual(['visible all', 'search']);
  });

  it.each([
    ['few', 3, [9, 3, 901], ['visible all', 'candidates', 'visible 5', 'names']],
    ['many', 9, upTo(9), ['visible all', 'candidates', 'visible 200', 'names']],
    ['many', 11, [...upTo(9), 901, 902], ['visible all', 'candidates', 'visible 200', 'visible 800', 'names']],
    ['unseen', 3, [], ['visible all', 'candidates', 'visible 2']],
    ['nothing', 3, [], ['visible all', 'candidates', 'visible 0']],
  ])(
    'that are more than a thousand are searched among all, and shown in that order when they may be: %s, %i',
    async (query, limit, found, cost) => {
      calls = [];
      const path = `/api/search/users?workspace_id=5&q=${query}&limit=${limit}`;
      const { json } = await gateway.send('GET', path, { token: gateway.token });
      expect(json['users']).toEqual(found.map(nameOf));
      // That they are so many is remembered from the first time on.
      expect(calls).toEqual(query === 'few' ? cost : cost.slice(1));
    },
  );

  it('are not found where the caller is no member any more, though it is remembered that they are many', async () => {
    isMember = false;
    calls = [];
    const { status } = await gateway.send('GET', '/api/search/users?workspace_id=5&q=nothing', {
      token: gateway.token,
    });
    expect([status, calls]).toEqual([404, ['candidates', 'visible 0']]);
  });
});
