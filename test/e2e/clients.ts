import { WebSocket } from 'ws';
import { FechatterClient, type ClientOptions } from '#client/client.js';
import { MemoryStorage, type KeyValueStorage } from '#client/storage.js';
import type { LogEntry } from '#contracts/log.contract.js';
import { serverUrl, socketUrl, type Person } from './client.js';
import { eventually } from '#testing/eventually.js';

const running = new Set<FechatterClient>();

/** To be called after each test that makes clients. */
export function stopClients(): void {
  for (const client of running) client.stop();
  running.clear();
}

/** A client with its storage, signed in; calls go to one gateway, connections to another where there are two. */
export async function clientOf(
  person: Person,
  options: Partial<ClientOptions> = {},
): Promise<FechatterClient & { readonly storage: KeyValueStorage }> {
  const storage = options.storage ?? new MemoryStorage();
  const gateways = (use: 'call' | 'connection') => (use === 'call' ? serverUrl : socketUrl);
  const client = new FechatterClient({ gateways, WebSocket, ...options, storage });
  running.add(client);
  if (client.user === undefined) await client.login({ email: person.login.user.email, password: person.password });
  return Object.assign(client, { storage });
}

/** A client that is connected, and what it has told of. */
export async function started(person: Person, options: Partial<ClientOptions> = {}) {
  const client = await clientOf(person, options);
  const entries: LogEntry[] = [];
  const sent: string[] = [];
  client.on('entry', (entry) => entries.push(entry));
  client.on('sent', ({ content }) => sent.push(content));
  client.start();
  await eventually(() => client.counters.connections > 0);
  const of = (chatId: number) => entries.filter(({ chat_id }) => chat_id === chatId);
  return { client, entries, sent, of, seqs: (chatId: number) => of(chatId).map(({ seq }) => seq) };
}
