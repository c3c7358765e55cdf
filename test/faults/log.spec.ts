import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { eventually } from '#testing/eventually.js';
import { startSystem, type System } from '../e2e/system.js';

const email = 'ada@example.com';
/** Each is unlike everything else that could be in a log. */
const secret = {
  password: 'canary-password-1',
  wrongPassword: 'canary-password-2',
  text: 'canarytext of a message',
  refusedText: 'canaryrefused',
  brokenText: 'canarybroken',
  longText: 'canarylong',
  forgedToken: 'canary.forged.token',
};

interface Login {
  readonly token: string;
  readonly refresh_token: string;
}

describe.each(['standalone', 'distributed'] as const)('The whole log of %s, at its most detailed', (topology) => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ topology, env: { LOG_LEVEL: 'trace', NODE_ENV: 'development' } });
  });
  afterAll(() => system.stop());

  async function ask<Reply>(method: string, path: string, body?: object | string, token = ''): Promise<Reply> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    return (await fetch(system.url + path, { method, headers, ...sent })).json() as Promise<Reply>;
  }

  /** What a socket says in the end, or `ready`. */
  async function connect(token: string): Promise<string> {
    const socket = new WebSocket(`${system.url.replace('http', 'ws')}/ws`);
    let last = '';
    socket.on('open', () => socket.send(JSON.stringify({ type: 'auth', token })));
    socket.on('message', (data: Buffer) => (last = data.toString()));
    await eventually(() => socket.readyState === WebSocket.CLOSED || last.includes('ready'));
    socket.terminate();
    return last;
  }

  it('has no password, no token and nothing that people wrote, whether it went well or not', async () => {
    const { password, wrongPassword, text, refusedText, brokenText, longText, forgedToken } = secret;
    const { token } = await ask<Login>('POST', '/api/auth/register', { email, username: 'ada', password });
    await ask('POST', '/api/auth/login', { email, password: wrongPassword });
    const login = await ask<Login>('POST', '/api/auth/login', { email, password });
    const refreshed = await ask<Login>('POST', '/api/auth/refresh', { refresh_token: login.refresh_token });
    const { ticket } = await ask<{ ticket: string }>('POST', '/api/auth/ticket', undefined, token);
    const message = { chat_id: 1, content: text };
    const { id } = await ask<{ id: number }>('POST', '/api/messages', message, token);
    expect(id).toBe(1);
    await ask('POST', '/api/messages', { chat_id: 999_999, content: refusedText }, token);
    await ask('POST', '/api/messages', `{"chat_id":1,"content":"${brokenText}`, token);
    await ask('POST', '/api/messages', { chat_id: 1, content: longText.repeat(100_000) }, token);
    await ask('GET', `/api/search/messages?q=${text.split(' ')[0]}`, undefined, token);
    await ask('POST', '/api/search/messages', { query: `"${brokenText}` }, token);
    await ask('GET', '/api/users/me', undefined, forgedToken);
    expect(await connect(token)).toContain('ready');
    await connect(forgedToken);
    await fetch(`${system.url}/api/events?ticket=${forgedToken}`);
    // Spent already: the session ends, and the log says so.
    await ask('POST', '/api/auth/refresh', { refresh_token: login.refresh_token });
    await ask('POST', '/api/auth/refresh', { refresh_token: login.refresh_token });

    const tokens = [token, login.token, login.refresh_token, refreshed.token, refreshed.refresh_token, ticket];
    expect(tokens.every((each) => each.length > 10)).toBe(true);
    const log = await eventually(() => (system.log().includes('"level":"debug"') ? system.log() : undefined));
    const shown = [...Object.values(secret), ...tokens].filter((each) => log.includes(each));
    expect(shown).toEqual([]);
  });
});
