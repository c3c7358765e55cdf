import type { Request, World } from './world.js';

const chatOf = async (world: World, rest = '') => ({ path: `/api/chats/${await world.chat()}${rest}` });
const messageOf = async (world: World, rest = '') => ({ path: `/api/messages/${await world.message()}${rest}` });
const workspaceOf = (world: World, rest = '') => ({ path: `/api/workspaces/${world.workspace}${rest}` });

/** A request of every operation that succeeds, with what it needs made anew each time. */
export const requests: Readonly<Record<string, (world: World) => Request | Promise<Request>>> = {
  'POST /api/auth/register': (world) => {
    const username = world.name();
    const body = { email: `${username}@example.com`, username, password: 'correct horse battery' };
    return { path: '/api/auth/register', body };
  },
  'POST /api/auth/login': ({ owner: { email, password } }) => ({ path: '/api/auth/login', body: { email, password } }),
  'POST /api/auth/refresh': async (world) => {
    const { refreshToken } = await world.login(world.owner);
    return { path: '/api/auth/refresh', body: { refresh_token: refreshToken } };
  },
  'POST /api/auth/logout': async (world) => ({
    path: '/api/auth/logout',
    token: (await world.login(world.owner)).token,
  }),
  'PUT /api/auth/change-password': async (world) => {
    const { password, token } = await world.register();
    return {
      path: '/api/auth/change-password',
      body: { current_password: password, new_password: 'another horse' },
      token,
    };
  },
  'GET /api/auth/sessions': () => ({ path: '/api/auth/sessions' }),
  'DELETE /api/auth/sessions/{id}': async (world) => {
    await world.login(world.owner);
    const { sessions } = await world.ask('GET', { path: '/api/auth/sessions' });
    return { path: `/api/auth/sessions/${sessions.find(({ is_current }) => !is_current)?.id}` };
  },
  'POST /api/auth/ticket': () => ({ path: '/api/auth/ticket' }),
  'GET /.well-known/jwks.json': () => ({ path: '/.well-known/jwks.json' }),
  'GET /api/users/me': () => ({ path: '/api/users/me' }),
  'PUT /api/users/me': () => ({ path: '/api/users/me', body: { avatar_url: 'https://example.com/a.png' } }),
  'GET /api/users': ({ workspace }) => ({ path: `/api/users?workspace_id=${workspace}` }),
  'GET /api/users/{id}': ({ member }) => ({ path: `/api/users/${member.id}` }),

  'GET /api/workspaces': () => ({ path: '/api/workspaces' }),
  'POST /api/workspaces': () => ({ path: '/api/workspaces', body: { name: 'A workspace' } }),
  'GET /api/workspaces/{id}': (world) => workspaceOf(world),
  'PUT /api/workspaces/{id}': (world) => ({ ...workspaceOf(world), body: { name: 'Another name' } }),
  'DELETE /api/workspaces/{id}': async (world) => {
    const { id } = await world.ask('POST', { path: '/api/workspaces', body: { name: 'A workspace' } });
    return { path: `/api/workspaces/${id}` };
  },
  'GET /api/workspaces/{id}/members': (world) => workspaceOf(world, '/members'),
  'PUT /api/workspaces/{id}/members/{user_id}': async (world) => {
    const { id } = await world.join();
    return { ...workspaceOf(world, `/members/${id}`), body: { role: 'admin' } };
  },
  'DELETE /api/workspaces/{id}/members/{user_id}': async (world) =>
    workspaceOf(world, `/members/${(await world.join()).id}`),
  'POST /api/workspaces/{id}/invites': (world) => ({ ...workspaceOf(world, '/invites'), body: {} }),
  'GET /api/workspaces/{id}/invites': (world) => workspaceOf(world, '/invites'),
  'DELETE /api/workspaces/{id}/invites/{code}': async (world) => workspaceOf(world, `/invites/${await world.invite()}`),
  'POST /api/invites/{code}/accept': async (world) => {
    const { token } = await world.register();
    return { path: `/api/invites/${await world.invite()}/accept`, token };
  },

  'GET /api/chats': () => ({ path: '/api/chats?limit=1000' }),
  'POST /api/chats': (world) => ({ path: '/api/chats', body: world.newChat([world.member.id]) }),
  'POST /api/chats/direct': async (world) => {
    const { id } = await world.join();
    return { path: '/api/chats/direct', body: { workspace_id: world.workspace, user_ids: [id] } };
  },
  'GET /api/chats/browse': ({ workspace }) => ({ path: `/api/chats/browse?workspace_id=${workspace}` }),
  'GET /api/chats/{id}': ({ general }) => ({ path: `/api/chats/${general}` }),
  'PUT /api/chats/{id}': async (world) => ({ ...(await chatOf(world)), body: { description: 'What it is about' } }),
  'DELETE /api/chats/{id}': (world) => chatOf(world),
  'POST /api/chats/{id}/join': async (world) => {
    const { id } = await world.ask('POST', { path: '/api/chats', body: world.newChat() });
    return { path: `/api/chats/${id}/join`, token: world.member.token };
  },
  'POST /api/chats/{id}/leave': async (world) => ({ ...(await chatOf(world, '/leave')), token: world.member.token }),
  'POST /api/chats/{id}/read': async (world) => {
    const chat = await world.chat();
    await world.message(chat);
    return { path: `/api/chats/${chat}/read`, body: { seq: 4 }, token: world.member.token };
  },
  'GET /api/chats/{id}/log': ({ general }) => ({ path: `/api/chats/${general}/log` }),
  'POST /api/chats/{id}/typing': ({ general }) => ({ path: `/api/chats/${general}/typing` }),
  'GET /api/chats/{id}/members': ({ general }) => ({ path: `/api/chats/${general}/members` }),
  'POST /api/chats/{id}/members': async (world) => {
    const { id } = await world.join();
    return { ...(await chatOf(world, '/members')), body: { user_ids: [id] } };
  },
  'PUT /api/chats/{id}/members/{user_id}': async (world) => ({
    ...(await chatOf(world, `/members/${world.member.id}`)),
    body: { role: 'admin' },
  }),
  'DELETE /api/chats/{id}/members/{user_id}': (world) => chatOf(world, `/members/${world.member.id}`),

  'POST /api/messages': ({ general }) => ({ path: '/api/messages', body: { chat_id: general, content: 'Hello' } }),
  'GET /api/messages': ({ general }) => ({ path: `/api/messages?chat_id=${general}` }),
  'GET /api/messages/{id}': (world) => messageOf(world),
  'PUT /api/messages/{id}': async (world) => ({ ...(await messageOf(world)), body: { content: 'Another text' } }),
  'DELETE /api/messages/{id}': (world) => messageOf(world),
  'GET /api/messages/{id}/history': (world) => messageOf(world, '/history'),
  'POST /api/messages/batch': ({ general }) => {
    const messages = Array.from({ length: 100 }, (_, index) => ({
      chat_id: general,
      content: `One of many: ${index}`,
    }));
    return { path: '/api/messages/batch', body: { messages } };
  },
  'GET /api/messages/{id}/thread': async (world) => {
    const parent_id = await world.message();
    const body = { chat_id: world.general, content: 'A reply', parent_id };
    await world.ask('POST', { path: '/api/messages', body });
    return { path: `/api/messages/${parent_id}/thread` };
  },
  'POST /api/messages/{id}/reactions': async (world) => ({
    ...(await messageOf(world, '/reactions')),
    body: { emoji: 'tada' },
  }),
  'DELETE /api/messages/{id}/reactions/{emoji}': async (world) => {
    const { path } = await messageOf(world, '/reactions');
    await world.ask('POST', { path, body: { emoji: 'tada' } });
    return { path: `${path}/tada` };
  },
  'PUT /api/messages/{id}/pin': async (world) => ({
    path: `/api/messages/${await world.message(await world.chat())}/pin`,
  }),
  'DELETE /api/messages/{id}/pin': async (world) => {
    const path = `/api/messages/${await world.message(await world.chat())}/pin`;
    await world.ask('PUT', { path });
    return { path };
  },
  'GET /api/chats/{id}/pins': ({ general }) => ({ path: `/api/chats/${general}/pins` }),
  'GET /api/chats/{id}/receipts': ({ general }) => ({ path: `/api/chats/${general}/receipts` }),
  'POST /api/workspaces/{id}/import': (world) => {
    const line = (text: string) => JSON.stringify({ chat: 'imported', sender: 'Ada', ts: 1_700_000_000, text });
    return { ...workspaceOf(world, '/import'), raw: `${line('one')}\n${line('two')}\n` };
  },

  'POST /api/search/messages': (world) => world.search('message'),
  'GET /api/search/messages': async (world) => {
    await world.search('message');
    return { path: '/api/search/messages?q=message' };
  },
  'GET /api/search/users': () => ({ path: '/api/search/users?q=name' }),
  'GET /api/search/chats': () => ({ path: '/api/search/chats?q=name' }),
  'POST /api/batch': ({ general }) => {
    const operations = [`/api/chats/${general}`, '/api/users/me'].map((path) => ({ method: 'GET', path }));
    return { path: '/api/batch', body: { operations } };
  },
  'GET /api/health': () => ({ path: '/api/health' }),
  'GET /api/openapi.json': () => ({ path: '/api/openapi.json' }),
};
