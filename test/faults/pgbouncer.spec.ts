import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { eventually } from '#testing/eventually.js';
import { WebSocket } from 'ws';
import { FechatterClient } from '#client/client.js';
import { chatsApi } from '#contracts/http/chat.routes.js';
import { invitesApi } from '#contracts/http/invite.routes.js';
import { messagesApi } from '#contracts/http/message.routes.js';
import { searchApi } from '#contracts/http/search.routes.js';
import { workspacesApi } from '#contracts/http/workspace.routes.js';
import { startPgbouncer } from '#servers/pgbouncer.js';
import type { SystemServer } from '#servers/system-server.js';
import { Installation } from './installation.js';
import { atNight, isNightly } from './nightly.js';

const services = ['auth', 'chat', 'message', 'search'] as const;

let installation: Installation;
let bouncer: SystemServer;
let gateways: string;

beforeAll(async () => {
  if (!isNightly) return;
  installation = await Installation.start();
  const [first, ...others] = services.map((app) => installation.databaseUrl(app));
  bouncer = await startPgbouncer([first as string, ...others], { dir: join(installation.folder, 'pgbouncer') });
  await Promise.all(
    services.map((app) => {
      const url = new URL(installation.databaseUrl(app));
      url.port = String(bouncer.port);
      return installation.service(app, { env: { DATABASE_URL: url.href, DATABASE_PREPARED: 'false' } });
    }),
  );
  gateways = (await installation.gateway()).url;
}, 120_000);

afterAll(async () => {
  if (!isNightly) return;
  await installation.close();
  await bouncer.stop();
});

async function register(name: string): Promise<FechatterClient> {
  const client = new FechatterClient({ gateways, WebSocket });
  await client.register({ email: `${name}@example.com`, username: name, password: 'a long password' });
  return client;
}

describe('Behind a PgBouncer in transaction mode', () => {
  atNight('people sign up, meet, write in a crowd, listen, read and search', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const [workspace] = (await ada.call(workspacesApi.list)).workspaces;
    const id = workspace?.id ?? 0;
    const { invite_code } = await ada.call(invitesApi.create, { params: { id }, body: { role: 'member' } });
    await bob.call(invitesApi.accept, { params: { code: invite_code } });
    const member_ids = [bob.user?.id ?? 0];
    const body = { workspace_id: id, name: 'wombats', type: 'channel' as const, member_ids };
    const chat = await ada.call(chatsApi.create, { body });

    const heard: string[] = [];
    bob.on('entry', ({ type, data }) => {
      if (type === 'message.created') heard.push(data.message.content);
    });
    bob.start();
    await eventually(() => bob.counters.connections === 1, 'bob listens');
    const contents = Array.from({ length: 200 }, (_, number) => `wombat ${number}`);
    await Promise.all(contents.map((content) => ada.send({ chat_id: chat.id, content })));
    await eventually(() => heard.length === contents.length, 'bob has heard all');
    expect(heard.sort()).toEqual([...contents].sort());

    const page = await bob.call(messagesApi.list, { query: { chat_id: chat.id, limit: 100 } });
    expect(page.messages).toHaveLength(100);
    await eventually(async () => {
      const { results } = await bob.call(searchApi.messages, { body: { query: '"wombat 7"' } });
      return results.length > 0;
    }, 'search finds it');
    bob.stop();
  });
});
