import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { messageRpc, type Message, type MessagePage } from '#contracts/message.contract.js';
import type { LogEntry } from '#contracts/log.contract.js';
import type { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import type { House } from '#testing/app.js';
import { asUser } from '#testing/caller.js';
import { upTo } from '#testing/range.js';
import { handOver, logNumbers, newChat, startMessages } from '../chat.fixture.js';

let house: House;
let database: Database;
let entries: LogEntry[];

beforeAll(async () => {
  ({ house, database, entries } = await startMessages());
}, 60_000);

afterAll(() => house.close());

const chat = (...userIds: number[]) => newChat(house.bus, ...userIds);

function send(chatId: number, content: string, parentId?: number, more: { user?: number; key?: string } = {}) {
  const request = { chat_id: chatId, content, parent_id: parentId, idempotency_key: more.key };
  return house.bus.call(messageRpc.send, request, { as: asUser(more.user ?? 1) });
}

function get(messageId: number): Promise<Message> {
  return house.bus.call(messageRpc.get, { message_id: messageId }, { as: asUser(1) });
}

function remove(messageId: number) {
  return house.bus.call(messageRpc.delete, { message_id: messageId }, { as: asUser(1) });
}

function thread(messageId: number, range: object = {}, limit = 50, userId = 1): Promise<MessagePage> {
  return house.bus.call(messageRpc.thread, { message_id: messageId, limit, ...range }, { as: asUser(userId) });
}

async function walk(messageId: number, start: object, limit: number): Promise<Message[]> {
  const messages: Message[] = [];
  for (let page = await thread(messageId, start, limit); ;) {
    messages.push(...page.messages);
    expect(page.has_more).toBe(page.next_cursor !== null);
    if (page.next_cursor === null) return messages;
    page = await thread(messageId, { cursor: page.next_cursor }, limit);
  }
}

const refused = (code: string, field?: string) =>
  field === undefined ? { code } : { code, details: [expect.objectContaining({ field })] };

describe('a reply', () => {
  it('counts for its parent, several in one flush and deletions included, and becomes its version', async () => {
    const chatId = await chat(1, 2);
    const [parent, other] = [await send(chatId, 'begin'), await send(chatId, 'another')];
    const replies = await Promise.all(upTo(7).map((n) => send(chatId, `reply ${n}`, parent.id, { user: 1 + (n % 2) })));
    expect(replies.map(({ parent_id }) => parent_id)).toEqual(replies.map(() => parent.id));
    expect(await get(parent.id)).toMatchObject({ reply_count: 7, version: replies.at(-1)?.seq, edited_at: null });
    expect(await get(other.id)).toEqual(other);
    for (const reply of replies.slice(0, 3)) await remove(reply.id);
    await remove(replies[0]?.id ?? 0);
    const { lastSeq } = await logNumbers(database, chatId);
    expect(await get(parent.id)).toMatchObject({ reply_count: 4, version: lastSeq });
  });

  it('is refused where its parent is elsewhere, a reply itself, or deleted, and harms no neighbour', async () => {
    const [chatId, elsewhere] = [await chat(1), await chat(1)];
    const foreign = await send(elsewhere, 'elsewhere');
    const parent = await send(chatId, 'begin');
    const reply = await send(chatId, 'reply', parent.id);
    const gone = await send(chatId, 'gone');
    await remove(gone.id);
    const results = await Promise.allSettled([
      send(chatId, 'a', foreign.id),
      send(chatId, 'b', 999_999_999),
      send(chatId, 'c', reply.id),
      send(chatId, 'd', gone.id),
      send(chatId, 'e', parent.id),
    ]);
    expect(results.map((result) => (result.status === 'rejected' ? (result.reason as unknown) : 'stored'))).toEqual([
      expect.objectContaining({ code: 'NOT_FOUND', message: expect.stringContaining('parent message') }),
      expect.objectContaining(refused('NOT_FOUND')),
      expect.objectContaining(refused('VALIDATION_ERROR', 'parent_id')),
      expect.objectContaining(refused('CONFLICT')),
      'stored',
    ]);
    expect((await get(parent.id)).reply_count).toBe(2);
    expect((await get(foreign.id)).reply_count).toBe(0);
  });

  it('is known again by its key, whatever has become of its parent, and is another one under another parent', async () => {
    const chatId = await chat(1);
    const [parent, other] = [await send(chatId, 'begin'), await send(chatId, 'another')];
    const reply = await send(chatId, 'reply', parent.id, { key: 'k' });
    await remove(parent.id);
    expect(await send(chatId, 'reply', parent.id, { key: 'k' })).toEqual(reply);
    await expect(send(chatId, 'reply', other.id, { key: 'k' })).rejects.toMatchObject(refused('CONFLICT'));
    await expect(send(chatId, 'reply', undefined, { key: 'k' })).rejects.toMatchObject(refused('CONFLICT'));
  });

  it('lets whoever reads the log count exactly, as often as it reads', async () => {
    const chatId = await chat(1);
    const parents = [await send(chatId, 'one'), await send(chatId, 'two')];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { minLength: 1, maxLength: 12 }), async (steps) => {
        const from = entries.length;
        const known = new Map((await Promise.all(parents.map(({ id }) => get(id)))).map((one) => [one.id, one]));
        for (const step of steps) {
          const parent = parents[step % 2] as Message;
          const [newest] = (await thread(parent.id, {}, 1)).messages;
          if (step < 2 || newest === undefined) await send(chatId, 'reply', parent.id);
          else await remove(newest.id);
        }
        const seen = entries.slice(from);
        for (const entry of [...seen, ...seen]) follow(known, entry);
        for (const { id } of parents) expect(known.get(id)).toEqual(await get(id));
      }),
      { numRuns: 15 },
    );
  });
});

/** What a client does with an entry that concerns a thread. */
function follow(known: Map<number, Message>, { type, seq, data }: LogEntry): void {
  if (type !== 'message.created' && type !== 'message.deleted') return;
  const parent = known.get(data.message.parent_id ?? 0);
  if (parent === undefined || parent.version >= seq) return;
  const by = type === 'message.created' ? 1 : -1;
  known.set(parent.id, { ...parent, reply_count: parent.reply_count + by, version: seq });
}

describe('message.thread', () => {
  let parent: Message;
  let model: Message[];

  beforeAll(async () => {
    const chatId = await chat(1, 2);
    parent = await send(chatId, 'begin');
    for (const n of upTo(30)) {
      const reply = await send(chatId, `reply ${n}`, parent.id);
      await send(chatId, 'between');
      if (n % 7 === 0) await remove(reply.id);
    }
    model = (await thread(parent.id, { after_seq: 0 }, 200)).messages;
  });

  it('has the replies alone, tombstones included, and its parent counts those that are left', async () => {
    expect(model.map(({ content }) => content)).toEqual(upTo(30).map((n) => (n % 7 === 0 ? '' : `reply ${n}`)));
    expect((await get(parent.id)).reply_count).toBe(26);
    expect((await thread((model[0] as Message).id)).messages).toEqual([]);
  });

  it('answers every position as a naive reader would', async () => {
    const seqs = fc.nat(70);
    await fc.assert(
      fc.asyncProperty(fc.option(seqs), fc.boolean(), fc.integer({ min: 1, max: 40 }), async (seq, forward, limit) => {
        const range = seq === null ? {} : forward ? { after_seq: seq } : { before_seq: seq };
        const newestFirst = model.toReversed().filter((one) => seq === null || one.seq < seq);
        const expected = forward && seq !== null ? model.filter((one) => one.seq > seq) : newestFirst;
        expect(await walk(parent.id, range, limit)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('refuses two positions and a cursor that was changed or belongs to another thread', async () => {
    const { next_cursor: cursor } = await thread(parent.id, {}, 3);
    await expect(thread(parent.id, { cursor: `${cursor}A` })).rejects.toMatchObject(
      refused('VALIDATION_ERROR', 'cursor'),
    );
    await expect(thread((model[0] as Message).id, { cursor })).rejects.toMatchObject(
      refused('VALIDATION_ERROR', 'cursor'),
    );
    await expect(thread(parent.id, { before_seq: 1, after_seq: 1 })).rejects.toMatchObject(
      refused('VALIDATION_ERROR', 'after_seq'),
    );
  });

  it('stays readable when its parent is deleted, for members and for nobody else', async () => {
    await remove(parent.id);
    expect((await thread(parent.id, { after_seq: 0 }, 200)).messages).toEqual(model);
    await handOver(house.bus, parent.chat_id, 2, { type: 'member.removed', user_ids: [2] });
    for (const stranger of [2, 9]) {
      await expect(thread(parent.id, {}, 50, stranger)).rejects.toMatchObject(refused('NOT_FOUND'));
    }
    await expect(thread(999_999_999)).rejects.toMatchObject(refused('NOT_FOUND'));
  });

  it('ends a page early that would be too long for the bus', async () => {
    const long = await send(await chat(1), 'begin');
    for (const n of upTo(8)) await send(long.chat_id, `${n}${'\u0001'.repeat(16_000)}`, long.id);
    expect((await thread(long.id)).messages.length).toBeLessThan(8);
    expect((await walk(long.id, {}, 50)).map(({ content }) => content[0])).toEqual(
      upTo(8)
        .reverse()
        .map((n) => String(n)),
    );
  });

  it('reads its index and nothing else of the chat', async () => {
    const asked: { text: string; params: readonly unknown[] }[] = [];
    const { ThreadRepository } = await import('./thread.repository.js');
    const recording = {
      query: async ({ text }: { text: string }, params: readonly unknown[]) => {
        asked.push({ text, params });
        return [];
      },
    };
    const threads = new ThreadRepository(recording as unknown as Database);
    await threads.before(1, parent.id, 50, 10);
    await threads.after(1, parent.id, 10, 10);
    for (const [index, { text, params }] of asked.entries()) {
      const plan = await database.transaction(async (transaction) => {
        await transaction.query(sql('spec.generic', 'SET LOCAL plan_cache_mode = force_generic_plan'));
        return transaction.query<{ 'QUERY PLAN': string }>(sql(`spec.plan${index}`, `EXPLAIN ${text}`), params);
      });
      const lines = plan.map((row) => row['QUERY PLAN']).join('\n');
      expect(lines).toContain('idx_messages_thread');
      // Only the reactions to a message are sorted.
      expect(lines).not.toMatch(/Seq Scan on messages|Sort Key: (?![er]\.)/);
    }
  });
});
