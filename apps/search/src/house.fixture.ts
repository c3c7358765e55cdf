import type { LocalBus } from '#bus/local-bus.js';
import { chatRpc, type Chat } from '#contracts/chat.contract.js';
import { messageRpc, type Message } from '#contracts/message.contract.js';
import { searchRpc } from '#contracts/search.contract.js';
import type { ReplyOf, RequestInputOf } from '#contracts/contract.js';
import type { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { asUser } from '#testing/caller.js';
import { eventually } from '#testing/eventually.js';

/** Answers for the chat service: chat n is called `chat<n>`. */
export function serveChats(bus: LocalBus): void {
  const chat = (id: number): Chat => ({
    ...{ id, workspace_id: 7, name: `chat${id}`, type: 'channel', description: '', is_private: false },
    ...{ is_archived: false, member_count: 1, created_by: 1 },
    ...{ created_at: new Date(0).toISOString(), updated_at: new Date(0).toISOString() },
  });
  bus.serve(chatRpc.getMany, async ({ ids }) => ({ chats: ids.map(chat), rest_ids: [] }), { queue: 'chat' });
}

/** What user `userId` may do in a spec of search. */
export function person(bus: LocalBus, userId: number) {
  const as = asUser(userId);
  return {
    send: (chatId: number, content: string): Promise<Message> =>
      bus.call(messageRpc.send, { chat_id: chatId, content }, { as }),
    edit: (id: number, content: string) => bus.call(messageRpc.edit, { message_id: id, content }, { as }),
    delete: (id: number) => bus.call(messageRpc.delete, { message_id: id }, { as }),
    search: (
      query: string,
      more: Partial<RequestInputOf<typeof searchRpc.messages>> = {},
    ): Promise<ReplyOf<typeof searchRpc.messages>> => bus.call(searchRpc.messages, { query, ...more }, { as }),
  };
}

const unread = sql(
  'spec.index_state',
  `SELECT count(*) FILTER (WHERE h.last_seq <> coalesce(i.seq, 0)) AS behind
   FROM unnest($1::bigint[], $2::bigint[]) h(chat_id, last_seq)
   LEFT JOIN search.positions i ON i.chat_id = h.chat_id
     AND i.generation = (SELECT coalesce(max(id) FILTER (WHERE completed_at IS NOT NULL), min(id)) FROM search.generations)`,
);
const heads = sql('spec.heads', 'SELECT chat_id, last_seq FROM message.chat_heads');

/** Waits until the index has read every log to its end. */
export async function indexed(message: Database, search: Database): Promise<void> {
  await eventually(async () => {
    const rows = await message.query<{ chat_id: number; last_seq: number }>(heads);
    const params = [rows.map((row) => row.chat_id), rows.map((row) => row.last_seq)];
    const [state] = await search.query<{ behind: number }>(unread, params);
    return state?.behind === 0;
  });
}
