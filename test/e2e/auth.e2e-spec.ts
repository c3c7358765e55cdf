import { describe, expect, it } from '@jest/globals';
import type { Login, Session } from '#contracts/auth.contract.js';
import { eventually } from '#testing/eventually.js';
import { http, Person } from './client.js';
import { Socket } from './socket.js';

function logIn(person: Person, password = person.password) {
  return http<Login>('POST', '/api/auth/login', { body: { email: person.login.user.email, password } });
}

function refresh(refresh_token: string) {
  return http<Login>('POST', '/api/auth/refresh', { body: { refresh_token } });
}

async function untilRefused(token: string): Promise<void> {
  const isRefused = async () => (await http('GET', '/api/users/me', { token })).status === 401;
  await eventually(isRefused, 'the token is refused', 5_000);
}

describe('Registering and logging in', () => {
  it('takes an address and a name once, ignoring case', async () => {
    const person = await Person.register('unique');
    const { email, username } = person.login.user;
    const again = { email: email.toUpperCase(), username: 'somebody-else-entirely', password: 'quite a long one' };
    expect((await http('POST', '/api/auth/register', { body: again })).status).toBe(409);
    const named = { email: `x${email}`, username: username.toUpperCase(), password: 'quite a long one' };
    expect((await http('POST', '/api/auth/register', { body: named })).status).toBe(409);
  });

  it('answers an unknown address and a wrong password alike', async () => {
    const person = await Person.register('private');
    const wrong = await logIn(person, 'wrong password');
    const unknown = await http('POST', '/api/auth/login', {
      body: { email: 'nobody@example.com', password: 'wrong password' },
    });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    const withoutId = ({ body }: { body: unknown }) => ({ ...(body as object), request_id: '' });
    expect(withoutId(wrong)).toEqual(withoutId(unknown));
  });

  it('refuses a password that everybody guesses', async () => {
    const body = { email: 'common@example.com', username: 'common', password: 'Password123' };
    expect(await http('POST', '/api/auth/register', { body })).toMatchObject({
      status: 422,
      body: { error: { code: 'VALIDATION_ERROR', details: [{ field: 'password' }] } },
    });
  });
});

describe('Refresh tokens', () => {
  it('work once; a lost answer can be asked for again; a stolen one ends the session', async () => {
    const person = await Person.register('rotating');
    const first = person.login.refresh_token;
    const second = await refresh(first);
    expect(second.status).toBe(200);
    const repeated = await refresh(first);
    expect(repeated.body.refresh_token).toBe(second.body.refresh_token);
    const third = await refresh(second.body.refresh_token);
    expect(third.status).toBe(200);
    expect((await refresh(first)).status).toBe(401);
    expect((await refresh(third.body.refresh_token)).status).toBe(401);
    await untilRefused(third.body.token);
  });

  it('have one successor however many ask at once', async () => {
    const person = await Person.register('impatient');
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(person.login.refresh_token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
  });
});

describe('Sessions', () => {
  it('are listed and revoked; the socket of a revoked one is closed', async () => {
    const person = await Person.register('busy');
    const other = (await logIn(person)).body;
    const socket = await Socket.connect(other.token);
    const { sessions } = await person.ok<{ sessions: Session[] }>('GET', '/api/auth/sessions');
    expect(sessions).toHaveLength(2);
    const theirs = sessions.find(({ current }) => !current);
    await person.ok('DELETE', `/api/auth/sessions/${theirs?.id}`);
    expect((await socket.untilClosed(5_000)).code).toBe(4003);
    await untilRefused(other.token);
    expect((await person.call('DELETE', `/api/auth/sessions/${theirs?.id}`)).status).toBe(404);
  });

  it('end with a logout, sockets included', async () => {
    const person = await Person.register('leaving');
    const socket = await Socket.connect(person.login.token);
    await person.ok('POST', '/api/auth/logout');
    expect((await socket.untilClosed(5_000)).code).toBe(4003);
    await untilRefused(person.login.token);
    expect((await refresh(person.login.refresh_token)).status).toBe(401);
  });

  it('all but one end with a change of the password', async () => {
    const person = await Person.register('changing');
    const other = (await logIn(person)).body;
    const next = 'another long password';
    const wrong = await person.call('PUT', '/api/auth/change-password', {
      current_password: 'wrong',
      new_password: next,
    });
    expect(wrong.status).toBe(403);
    await person.ok('PUT', '/api/auth/change-password', { current_password: person.password, new_password: next });
    await untilRefused(other.token);
    expect((await person.call('GET', '/api/users/me')).status).toBe(200);
    expect((await logIn(person)).status).toBe(401);
    expect((await logIn(person, next)).status).toBe(200);
  });
});

describe('Tickets', () => {
  it('open one connection and no second', async () => {
    const person = await Person.register('ticket');
    const { ticket } = await person.ok<{ ticket: string }>('POST', '/api/auth/ticket');
    const socket = await Socket.open(`?ticket=${ticket}`);
    await socket.next(({ type }) => type === 'ready');
    const second = await Socket.open(`?ticket=${ticket}`);
    expect((await second.untilClosed()).code).not.toBe(1000);
    expect(second.frames.some(({ type }) => type === 'ready')).toBe(false);
    await socket.close();
  });
});

describe('Public keys', () => {
  it('are shown, and nothing private with them', async () => {
    const { status, body } = await http<{ keys: Record<string, string>[] }>('GET', '/.well-known/jwks.json');
    expect(status).toBe(200);
    expect(body.keys.length).toBeGreaterThan(0);
    for (const key of body.keys) expect(key).not.toHaveProperty('d');
  });
});
