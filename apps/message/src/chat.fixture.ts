import { LocalBus } from '#bus/local-bus.js';
import { accessRpc, type AccessChange, type AccessMember } from '#contracts/access.contract.js';
import { logEvent, type LogEntry } from '#contracts/log.contract.js';
import { userRpc, type User } from '#contracts/user.contract.js';
import type { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { startHouse, type House } from '#testing/app.js';
import { asService } from '#testing/caller.js';
import { messageApp } from './message.app.js';
import { messageDataSource } from './message.data-source.js';

/** The workspace of all chats of a spec. */
export const workspaceId = 7;

let lastChat = 0;

/** The message service alone, its database, and what it publishes from now on about any chat. */
export async function startMessages(
  env: Record<string, string> = {},
): Promise<{ house: House; database: Database; entries: LogEntry[] }> {
  const house = await startHouse({ apps: [messageApp], dataSources: [messageDataSource], env });
  serveUsers(house.bus);
  return { house, database: await house.database('message'), entries: listen(house.bus) };
}

/** Hands a change over as the chat service does; answers the version that the message service has. */
export async function handOver(
  bus: LocalBus,
  chatId: number,
  version: number,
  change: AccessChange,
  actorId = 1,
): Promise<number> {
  const request = { chat_id: chatId, workspace_id: workspaceId, version, actor_id: actorId, change };
  return (await bus.call(accessRpc.apply, request, { as: asService('chat') })).version;
}

export function loggedChat(id: number, isArchived = false) {
  return {
    id,
    workspace_id: workspaceId,
    name: `chat ${id}`,
    type: 'channel' as const,
    description: '',
    is_private: false,
    is_archived: isArchived,
  };
}

/** Makes a chat with these members, the first of them its owner: version 1, seq 1. */
export async function createChat(bus: LocalBus, chatId: number, userIds: readonly number[]): Promise<void> {
  const members = userIds.map((user_id, index): AccessMember => ({ user_id, role: index === 0 ? 'owner' : 'member' }));
  await handOver(bus, chatId, 1, { type: 'chat.created', chat: loggedChat(chatId), members });
}

/** An id that no chat of the spec has had from here or from `newChat`. */
export function nextChatId(): number {
  return ++lastChat;
}

/** Makes a chat with these members, as `createChat` does, and answers its id. */
export async function newChat(bus: LocalBus, ...userIds: number[]): Promise<number> {
  const chatId = nextChatId();
  await createChat(bus, chatId, userIds);
  return chatId;
}

/** Answers for auth: user n is called `user<n>`. */
export function serveUsers(bus: LocalBus): void {
  const user = (id: number): User => ({ id, username: `user${id}`, avatar_url: null });
  bus.serve(userRpc.getMany, async ({ ids }) => ({ users: ids.map(user) }), { queue: 'auth' });
  bus.serve(
    userRpc.findByNames,
    async ({ usernames }) => ({
      users: usernames.flatMap((asked) =>
        /^user\d+$/i.test(asked) ? [{ ...user(Number(asked.slice(4))), asked }] : [],
      ),
    }),
    { queue: 'auth' },
  );
}

/** Collects the entries that are published for any chat. */
export function listen(bus: LocalBus): LogEntry[] {
  const entries: LogEntry[] = [];
  bus.subscribe(logEvent.chat, '*', (event) => {
    entries.push(...event.entries);
  });
  return entries;
}

/** Every number of the log of a chat in order, creations and other changes, and where its head stands. */
export async function logNumbers(database: Database, chatId: number): Promise<{ seqs: number[]; lastSeq: number }> {
  const [row] = await database.query<{ seqs: number[]; last_seq: number }>(
    sql(
      'fixture.log_numbers',
      `SELECT h.last_seq, ARRAY(SELECT l.seq FROM (
         SELECT seq FROM message.messages WHERE chat_id = h.chat_id
         UNION ALL SELECT seq FROM message.message_changes WHERE chat_id = h.chat_id
       ) l ORDER BY 1) AS seqs FROM message.chat_heads h WHERE h.chat_id = $1`,
    ),
    [chatId],
  );
  return { seqs: row?.seqs ?? [], lastSeq: row?.last_seq ?? 0 };
}
