import { examples } from '#database/example.js';

/** Of the busiest chat, and of its member who is in most chats. */
interface Facts {
  readonly chat: number;
  readonly workspace: number;
  readonly last: number;
  readonly count: number;
  readonly user: number;
  readonly members: number[];
  readonly chats: number[];
  /** A message in the middle of the log. */
  readonly message: number;
  readonly seq: number;
  readonly ordinal: number;
  /** A crowd in many chats. */
  readonly crowd: number[];
  readonly senders: number[];
}

const facts = `
  SELECT h.chat_id AS chat, h.workspace_id AS workspace, h.last_seq AS last, h.message_count AS count, a.user_id AS user,
    ARRAY(SELECT user_id FROM message.chat_access WHERE chat_id = h.chat_id AND left_seq IS NULL ORDER BY 1 LIMIT 100) AS members,
    ARRAY(SELECT chat_id FROM message.chat_access WHERE user_id = a.user_id AND left_seq IS NULL ORDER BY 1 LIMIT 500) AS chats,
    m.id AS message, m.seq, m.ordinal, c.crowd, c.senders
  FROM (SELECT * FROM message.chat_heads WHERE NOT is_deleted ORDER BY message_count DESC, chat_id LIMIT 1) h
  CROSS JOIN LATERAL (
    SELECT user_id FROM message.chat_access p WHERE chat_id = h.chat_id AND left_seq IS NULL
    ORDER BY (SELECT count(*) FROM message.chat_access o WHERE o.user_id = p.user_id AND o.left_seq IS NULL) DESC, 1 LIMIT 1
  ) a
  CROSS JOIN LATERAL (
    SELECT * FROM message.messages WHERE chat_id = h.chat_id AND seq >= h.last_seq / 2 AND deleted_at IS NULL ORDER BY seq LIMIT 1
  ) m
  CROSS JOIN (
    SELECT array_agg(chat_id) AS crowd, array_agg(user_id) AS senders FROM (
      SELECT DISTINCT ON (chat_id) chat_id, user_id FROM message.chat_access WHERE left_seq IS NULL ORDER BY 1, 2 LIMIT 256
    ) one_each
  ) c`;

const page = 51;
/** A message comes with its reactions, counted by emoji: the one of the example has 1,000. */
const reactions = { sorted: 1_000 };
/** A page by `seq` comes in its order: at most the reactions of one message are sorted, which are of 20 emoji at most. */
const keyset = { sorted: 20 };
const unsorted = { sorted: 0 };
/** How a statement sees whether somebody is present in a chat. */
const reader = ['chat_heads_pkey', 'idx_chat_members_user_chat', 'workspace_denials_pkey'];
const now = () => new Date();
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);

export const messageExamples = examples<Facts>(facts, {
  'message.access_allow': { params: (f) => [f.workspace, f.user], buffers: 10 },
  'message.access_chats_of': { params: (f) => [f.workspace, f.user], buffers: 2_300, bounds: { sorted: 500 } },
  'message.access_deny': { params: (f) => [f.workspace, f.user], buffers: 15 },
  'message.access_join': {
    params: (f) => [f.chat, [900_001, 900_002], ['member', 'member'], [f.last, f.last], f.count],
    buffers: 65,
  },
  'message.access_leave': { params: (f) => [f.chat, f.members, f.members.map(() => f.last)], buffers: 1_100 },
  'message.access_leave_all': {
    params: (f) => [f.chat, f.last],
    buffers: 11_000,
    cold: 'ends every stay of a chat that is deleted: O(members)',
  },
  'message.access_present': { params: (f) => [f.chat, f.members], buffers: 610 },
  'message.access_set_role': { params: (f) => [f.chat, f.user, 'admin'], buffers: 30 },
  'message.activity_forget': { params: () => [ago(1_000)], buffers: 60_000, cold: 'hourly, in the background' },
  'message.advance_head': { params: (f) => [f.chat, f.last + 1, f.count, now(), null, null, null], buffers: 15 },
  'message.all_heads': {
    params: () => [0, 1_000],
    buffers: 45,
    index: ['chat_heads_pkey'],
    bounds: unsorted,
    deep: (f) => [f.chat, 1_000],
  },
  'message.append_changes': {
    params: (f) => [f.chat, [f.last + 1], ['message.updated'], [f.message], [f.user], [f.user], ['{}'], null],
    buffers: 65,
  },
  'message.change_get': { params: (f) => [f.user, f.chat, f.message], buffers: 65, bounds: reactions },
  'message.change_locate': { params: (f) => [f.user, f.message], buffers: 25 },
  'message.changed_ever': { params: (f) => [f.user], buffers: 3_900 },
  'message.changed_since': {
    params: (f) => [f.user, ago(10)],
    buffers: 6_300,
    index: [...reader, 'idx_chat_activity_chat'],
    bounds: unsorted,
  },
  'message.count_of_workspace': { params: (f) => [f.workspace], buffers: 610 },
  'message.deliver': {
    params: (f) => [f.chats.map(() => f.user), f.chats, f.chats.map(() => f.last)],
    buffers: 9_000,
    index: [...reader, 'message_status_pkey'],
    bounds: unsorted,
  },
  'message.edit': {
    params: (f) => [f.chat, f.seq, 'a new text', f.last + 1, f.members.slice(0, 3)],
    buffers: 95,
    bounds: reactions,
  },
  'message.epoch': { params: () => [], buffers: 10 },
  'message.erase': { params: (f) => [f.chat, f.seq, f.last + 1, f.message], buffers: 45 },
  'message.flush': {
    params: (f) => [
      f.crowd,
      f.senders,
      f.crowd.map((chat) => `to chat ${chat}`),
      f.crowd.map((chat) => `example ${chat}`),
      f.crowd.map(() => Buffer.from('hash')),
      f.crowd.map((chat) => (chat === f.chat ? f.message : null)),
      f.crowd.map((chat, index) => (index % 8 === 0 ? `{${f.senders[index]}}` : null)),
      f.crowd.map((chat, index) => index % 32 === 0),
      f.crowd.map((chat, index) => index),
      null,
    ],
    buffers: 19_000,
    index: [...reader, 'idx_messages_id', 'messages_idempotency_key', 'messages_pkey'],
    bounds: { sorted: 256 },
  },
  'message.flush_alone': {
    params: (f) => [f.chat, f.user, 'a message alone', 'example alone', Buffer.from('hash')],
    buffers: 80,
    index: [...reader, 'messages_idempotency_key'],
    bounds: unsorted,
  },
  'message.gate_last_seqs': {
    params: (f) => [f.chats.map(() => f.user), f.chats],
    buffers: 6_000,
    index: [...reader],
    bounds: unsorted,
  },
  'message.get': {
    params: (f) => [f.user, f.message],
    buffers: 60,
    index: [...reader, 'idx_messages_id', 'reactions_pkey'],
    bounds: reactions,
  },
  'message.get_sent': { params: (f) => [f.user, [f.message]], buffers: 25 },
  'message.import_analyze': { params: () => [-100_000_000], buffers: 100_000, cold: 'once after an import' },
  'message.import_claim': { params: (f) => [f.workspace, f.chat, ['example 1', 'example 2']], buffers: 60 },
  'message.import_follow': { params: (f) => [f.user, f.chat, f.last, f.count, f.count], buffers: 10 },
  'message.import_insert': {
    params: (f) => [f.chat, f.last, f.count, [f.user, f.user], ['one', 'two'], [now(), now()]],
    // Where the last block is full, PostgreSQL adds several at once and counts each.
    buffers: 80,
  },
  'message.inbox': {
    params: (f) => [f.user, null, null, null, 501],
    buffers: 16_000,
    index: [...reader, 'message_status_pkey', 'messages_pkey', 'idx_messages_deleted', 'idx_mentions_user'],
    bounds: { sorted: 500 },
  },
  'message.inbox_raise': { params: (f) => [f.members], buffers: 1_100 },
  'message.inbox_versions': { params: (f) => [f.members], buffers: 450, index: ['inbox_heads_pkey'], bounds: unsorted },
  'message.list_after': {
    params: (f) => [f.chat, 0, page, f.user],
    deep: (f) => [f.chat, f.seq + 20_000, page, f.user],
    buffers: 50,
    index: [...reader, 'messages_pkey', 'reactions_pkey'],
    bounds: keyset,
  },
  'message.list_around': {
    params: (f) => [f.chat, f.last - 100, page, f.user],
    deep: (f) => [f.chat, f.seq + 20_000, page, f.user],
    buffers: 75,
    index: [...reader, 'messages_pkey', 'reactions_pkey'],
    bounds: keyset,
  },
  'message.list_before': {
    params: (f) => [f.chat, f.last + 1, page, f.user],
    deep: (f) => [f.chat, f.last - 10_000 * page, page, f.user],
    buffers: 40,
    index: [...reader, 'messages_pkey', 'reactions_pkey'],
    bounds: keyset,
  },
  'message.list_edits': {
    params: (f) => [f.chat, f.message],
    buffers: 10,
    index: ['idx_message_changes_message'],
    bounds: unsorted,
  },
  'message.list_newest': {
    params: (f) => [f.chat, f.last + 1, page],
    deep: (f) => [f.chat, f.seq, page],
    buffers: 30,
    index: ['chat_heads_pkey', 'messages_pkey', 'reactions_pkey'],
    bounds: keyset,
  },
  'message.locate': {
    params: (f) => [f.user, f.chat, f.message],
    buffers: 25,
    index: [...reader, 'idx_messages_id'],
    bounds: unsorted,
  },
  'message.lock_head': { params: (f) => [f.chat], buffers: 10 },
  'message.log_follow': {
    params: (f) => [f.chat, f.last - 200, 200],
    deep: (f) => [f.chat, f.seq, 200],
    buffers: 150,
    index: ['chat_heads_pkey', 'messages_pkey', 'message_changes_pkey'],
    bounds: { sorted: 200 },
  },
  'message.log_read': {
    params: (f) => [f.chat, f.last - 200, 200, f.user],
    deep: (f) => [f.chat, f.seq, 200, f.user],
    buffers: 160,
    index: [...reader, 'messages_pkey', 'message_changes_pkey'],
    bounds: { sorted: 200 },
  },
  'message.mention': { params: (f) => [f.chat, f.message, f.ordinal, f.members.slice(0, 10), true], buffers: 70 },
  'message.open_head': { params: (f) => [f.chat, f.workspace], buffers: 10 },
  'message.pin_add': { params: (f) => [f.chat, f.message, f.user, f.last + 1], buffers: 20 },
  'message.pin_list': {
    params: (f) => [f.user, f.chat, f.last + 1, page],
    buffers: 330,
    index: [...reader, 'pins_pkey', 'idx_messages_id'],
    bounds: { sorted: page },
  },
  'message.pin_remove': { params: (f) => [f.chat, f.message], buffers: 10 },
  'message.pin_state': { params: (f) => [f.chat, f.message], buffers: 20 },
  'message.places': {
    params: (f) => [f.senders.slice(0, 50)],
    buffers: 65_000,
    index: [...reader, 'inbox_heads_pkey'],
    bounds: { sorted: 500 },
  },
  'message.reaction_add': { params: (f) => [f.chat, f.message, 'tada', f.user, f.last + 1], buffers: 25 },
  'message.reaction_count': {
    params: (f) => [f.chat, f.seq, f.last + 1, 1],
    buffers: 80,
    index: ['messages_pkey', 'reactions_pkey'],
    bounds: reactions,
  },
  'message.reaction_remove': { params: (f) => [f.chat, f.message, 'thumbsup', f.user], buffers: 10 },
  'message.read_advance': {
    params: (f) => [f.user, f.chat, f.last],
    buffers: 40,
    index: [...reader, 'message_status_pkey', 'messages_pkey'],
    bounds: unsorted,
  },
  'message.read_position': {
    params: (f) => [f.user, f.chat],
    buffers: 300,
    index: [...reader, 'message_status_pkey', 'idx_messages_deleted'],
    bounds: unsorted,
  },
  'message.readable_chats': { params: (f) => [f.user, null, null], buffers: 3_800, bounds: { sorted: 500 } },
  'message.receipt_list': {
    params: (f) => [f.user, f.chat, 0, 101],
    deep: (f) => [f.user, f.chat, f.members.at(-1), 101],
    buffers: 640,
    index: [...reader, 'chat_access_present', 'message_status_pkey'],
    bounds: { sorted: 101 },
  },
  'message.popular_chats': { params: () => [200], buffers: 7_500, cold: 'once at a start; an hour of activity' },
  'message.recent_heads': { params: () => [], buffers: 1_800 },
  'message.replies_after': {
    params: (f) => [f.user, f.message, 0, page],
    deep: (f) => [f.user, f.message, f.seq + (f.last - f.seq) / 2, page],
    buffers: 75,
    index: [...reader, 'idx_messages_id', 'idx_messages_thread'],
    bounds: keyset,
  },
  'message.replies_before': {
    params: (f) => [f.user, f.message, f.last + 1, page],
    buffers: 75,
    index: [...reader, 'idx_messages_id', 'idx_messages_thread'],
    bounds: keyset,
  },
  'message.small_chats': { params: (f) => [f.chats], buffers: 2_300, index: ['chat_access_present'], bounds: unsorted },
  'message.unmention': { params: (f) => [f.chat, f.ordinal, f.members.slice(0, 3)], buffers: 10 },
  'message.unreply': { params: (f) => [f.chat, f.message, f.last + 1], buffers: 45 },
});
