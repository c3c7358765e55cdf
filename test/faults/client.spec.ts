import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { FechatterClient } from '#client/client.js';
import { chatsApi } from '#contracts/http/chat.routes.js';
import { messagesApi } from '#contracts/http/message.routes.js';
import { eventually } from '#testing/eventually.js';
import { startSystem, type System } from '../e2e/system.js';

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'fechatter-client-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

/** Ends the server in the middle of everything, and starts it on the same port and data. */
async function restart(system: System, way: 'stop' | 'kill'): Promise<System> {
  await system[way]();
  return startSystem({ dataDir, port: system.port });
}

describe('A client whose server is restarted while it sends', () => {
  it('loses nothing and doubles nothing, in what it sends as in what it receives', async () => {
    let system = await startSystem({ dataDir });
    const client = new FechatterClient({ gateways: system.url, WebSocket });
    try {
      await client.register({ email: 'a@example.com', username: 'a', password: 'a long password' });
      const [chat] = (await client.call(chatsApi.list)).chats;
      const chat_id = chat?.id as number;
      const received: number[] = [];
      const waits: (number | undefined)[] = [];
      client.on('entry', ({ seq, type }) => type === 'message.created' && received.push(seq));
      client.on('status', (status) => status.state === 'waiting' && waits.push(status.code));
      client.start();
      await eventually(() => client.counters.connections === 1);

      const contents: string[] = [];
      const stored: Promise<{ seq: number }>[] = [];
      let isOver = false;
      const sending = (async () => {
        while (!isOver) {
          contents.push(`n ${contents.length}`);
          const message = client.send({ chat_id, content: contents.at(-1) as string });
          stored.push(message);
          // Some at once, so that several are waiting when the server goes.
          if (contents.length % 5 === 0) await message;
        }
      })();
      for (const way of ['stop', 'kill'] as const) {
        const { connections } = client.counters;
        const { length } = contents;
        await eventually(() => contents.length > length + 20);
        system = await restart(system, way);
        client.wake();
        await eventually(() => client.counters.connections > connections);
      }
      isOver = true;
      await sending;
      const seqs = (await Promise.all(stored)).map(({ seq }) => seq);
      await eventually(() => received.length === contents.length);
      expect(received).toEqual(seqs);
      expect(waits).toContain(1012);
      const all: string[] = [];
      for (let cursor: string | undefined, more = true; more;) {
        const page = await client.call(messagesApi.list, { query: { chat_id, limit: 200, ...(cursor && { cursor }) } });
        all.push(...page.messages.map(({ content }) => content));
        more = page.has_more;
        cursor = page.next_cursor ?? undefined;
      }
      expect(all.reverse()).toEqual(contents);
    } finally {
      client.stop();
      await system.stop();
    }
  });
});
