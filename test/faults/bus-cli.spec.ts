import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSystem, type System } from '../e2e/system.js';
import { runCommand, type Outcome } from './command.js';

const account = { email: 'ada@example.com', username: 'ada', password: 'a long password' };

let system: System;
beforeAll(async () => {
  system = await startSystem({ topology: 'distributed' });
  const headers = { 'content-type': 'application/json' };
  const registered = await fetch(`${system.url}/api/auth/register`, {
    method: 'POST',
    headers,
    body: JSON.stringify(account),
  });
  expect(registered.status).toBe(201);
});
afterAll(() => system.stop());

/** Beside `start:distributed`, on the same data folder. */
function bus(...args: string[]): Promise<Outcome> {
  return runCommand(['apps/cli/run.mjs', 'bus', ...args], { FECHATTER_DATA_DIR: system.dataDir });
}

/** What stands behind a label of the output; the reply goes on to the end. */
function part(output: string, label: string): unknown {
  const [, value] = new RegExp(`^${label} {2,}(${label === 'reply' ? '[^]*' : '.*'})`, 'm').exec(output) ?? [];
  return value === undefined || label === 'subject' ? value : JSON.parse(value);
}

describe('A call by hand', () => {
  it('prints subject, caller and reply, and speaks as a service', async () => {
    const { code, output } = await bus('call', 'auth.user.find_by_email', '{"email":"ADA@example.com"}');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(part(output, 'subject')).toBe('rpc.auth.user.find_by_email');
    expect(part(output, 'caller')).toEqual({ kind: 'service', service: 'cli' });
    expect(part(output, 'reply')).toEqual({ user: { id: 1, username: 'ada', avatar_url: null } });
    expect(output).toMatch(/^request id {2}[0-9a-f-]{36}$/m);
  });

  it('speaks as the user whose address is given, and does what they may', async () => {
    const sent = await bus('call', 'message.send', '{"chat_id":1,"content":"by hand"}', '--as', account.email);
    expect(sent).toMatchObject({ code: 0 });
    expect(part(sent.output, 'caller')).toMatchObject({ kind: 'user', user_id: 1 });
    const inbox = await bus('call', 'message.inbox', '--as', account.email);
    expect(part(inbox.output, 'reply')).toMatchObject({ chats: [{ last_message: { content: 'by hand' } }] });
  });

  it('speaks as anyone where services may not', async () => {
    const login = JSON.stringify({ email: account.email, password: 'not this one', device: null });
    const { output } = await bus('call', 'auth.login', login);
    expect(part(output, 'caller')).toEqual({ kind: 'anyone' });
  });

  it('prints code, message and fields of an error, and leaves with 1', async () => {
    const { code, output } = await bus('call', 'auth.user.get_many', '{"ids":["one"],"more":true}');
    expect(code).toBe(1);
    expect(output).toMatch(/^error {2,}VALIDATION_ERROR: /m);
    expect(output).toMatch(/ids\.0: /);
    const unseen = await bus('call', 'message.send', '{"chat_id":999,"content":"x"}', '--as', account.email);
    expect(unseen.code).toBe(1);
    expect(unseen.output).toMatch(/^error {2,}NOT_FOUND: /m);
  });

  it.each([
    ['an unknown subject', ['call', 'auth.everything'], 1, 'There is no subject "auth.everything"'],
    ['an unknown address', ['call', 'message.inbox', '--as', 'nobody@example.com'], 1, 'Nobody has the address'],
    ['a user subject without a user', ['call', 'message.inbox'], 1, '--as EMAIL'],
    ['a request that is not JSON', ['call', 'auth.user.me', '{'], 2, 'not JSON'],
    ['no subject', ['call'], 2, 'npm run bus -- call SUBJECT'],
    ['an unknown option', ['list', '--all'], 2, 'npm run bus -- call SUBJECT'],
  ])('explains %s', async (_case, args, status, sentence) => {
    const { code, output } = await bus(...args);
    expect({ code, output }).toMatchObject({ code: status, output: expect.stringContaining(sentence) as unknown });
    expect(output).not.toMatch(/\n\s+at /);
  });

  it('explains a folder on which nothing runs', async () => {
    const nothing = await runCommand(['apps/cli/run.mjs', 'bus', 'call', 'auth.user.me', '--as', 'a@example.com'], {
      FECHATTER_DATA_DIR: '/nonexistent',
    });
    expect(nothing).toMatchObject({
      code: 1,
      output: expect.stringContaining('No start:distributed has run on') as unknown,
    });
    expect(nothing.output).not.toMatch(/\n\s+at /);
  });

  it('is refused by every service when it does not know the secret of the bus', async () => {
    const { code, output } = await runCommand(
      ['apps/cli/run.mjs', 'bus', 'call', 'auth.user.get_many', '{"ids":[1]}'],
      {
        FECHATTER_DATA_DIR: system.dataDir,
        FECHATTER_BUS_SECRET: 'somebody else made this up',
      },
    );
    expect(code).toBe(1);
    expect(output).toMatch(/^error {2,}UNAUTHORIZED: /m);
  });
});

describe('The list', () => {
  it('names the subjects and who may call them', async () => {
    const { code, output } = await bus('list');
    expect(code).toBe(0);
    expect(output).toMatch(/^message\.send +user/m);
    expect(output).toMatch(/^auth\.login +anyone$/m);
  });
});
