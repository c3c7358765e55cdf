import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { logRpc, type LogEntry, type LogPage } from '#contracts/log.contract.js';
import { messageRpc } from '#contracts/message.contract.js';
import { sql } from '#database/statement.js';
import { configureLogging } from '#telemetry/logger.js';
import type { House } from '#testing/app.js';
import { asService, asUser } from '#testing/caller.js';
import { eventually } from '#testing/eventually.js';
import { upTo } from '#testing/range.js';
import { createChat, handOver, loggedChat, startMessages } from '../chat.fixture.js';

let house: House;
let live: LogEntry[];
const reader = asService('search');
const member = asUser(1);
const missing = { code: 'NOT_FOUND' };

function follow(chatId: number, after = 0, limit = 200): Promise<LogPage> {
  return house.bus.call(logRpc.follow, { chat_id: chatId, after, limit }, { as: reader });
}

const send = (chatId: number, content: string) =>
  house.bus.call(messageRpc.send, { chat_id: chatId, content }, { as: member });

beforeAll(async () => {
  ({ house, entries: live } = await startMessages());
  await createChat(house.bus, 1, [1, 2]);
  const kept = await send(1, 'kept @user2');
  const gone = await send(1, 'gone @user2');
  await house.bus.call(messageRpc.edit, { message_id: kept.id, content: 'edited' }, { as: member });
  await house.bus.call(messageRpc.edit, { message_id: gone.id, content: 'secret before' }, { as: member });
  await house.bus.call(messageRpc.delete, { message_id: gone.id }, { as: member });
  await handOver(house.bus, 1, 2, { type: 'member.added', members: [{ user_id: 3, role: 'member' }] });
  await handOver(house.bus, 1, 3, { type: 'member.updated', member: { user_id: 3, role: 'admin' } });
  await handOver(house.bus, 1, 4, { type: 'member.removed', user_ids: [3] });
  await handOver(house.bus, 1, 5, { type: 'chat.updated', chat: { ...loggedChat(1), name: 'renamed' } });
});

afterAll(() => house.close());

describe('the log of a chat', () => {
  it('is dense and says everything that happened, in its order', async () => {
    const { entries, last_seq, has_more, epoch } = await follow(1);
    expect(entries.map(({ seq }) => seq)).toEqual(upTo(10));
    expect(entries.map(({ type }) => type)).toEqual([
      ...['chat.created', 'message.created', 'message.created', 'message.updated', 'message.updated'],
      ...['message.deleted', 'member.added', 'member.updated', 'member.removed', 'chat.updated'],
    ]);
    expect({ last_seq, has_more }).toEqual({ last_seq: 10, has_more: false });
    expect(epoch).toBeGreaterThan(0);
  });

  it('carries messages as they are now, and of a deleted one nothing but its tombstone', async () => {
    const { entries } = await follow(1);
    const messages = entries.flatMap(({ data }) => ('message' in data ? [data.message] : []));
    const [kept, gone, keptAgain, goneAgain, goneAtLast] = messages;
    expect(kept).toMatchObject({ content: 'edited', version: 4, seq: 2 });
    expect(keptAgain).toEqual(kept);
    expect(gone).toMatchObject({ content: '', mentions: [], version: 6, deleted_at: expect.any(String) });
    expect([goneAgain, goneAtLast]).toEqual([gone, gone]);
    expect(JSON.stringify(entries)).not.toMatch(/secret before|gone @|kept @/);
  });

  it('gives entries of the chat and its members exactly as they were published', async () => {
    const { entries } = await follow(1);
    const isChange = ({ type }: LogEntry) => !type.startsWith('message.');
    expect(entries.filter(isChange)).toEqual(live.filter((entry) => entry.chat_id === 1 && isChange(entry)));
  });

  it('is the same in pieces of any length', async () => {
    const whole = await follow(1);
    for (const limit of [1, 3, 9, 10]) {
      const entries: LogEntry[] = [];
      let page: LogPage;
      do {
        page = await follow(1, entries.length, limit);
        entries.push(...page.entries);
      } while (page.has_more);
      expect(entries).toEqual(whole.entries);
    }
    expect(await follow(1, 10)).toEqual({ ...whole, entries: [], has_more: false });
    expect((await follow(1, 4711)).entries).toEqual([]);
  });

  it('ends a piece early that would be too long for the bus', async () => {
    await createChat(house.bus, 2, [1]);
    for (let index = 0; index < 60; index += 1) await send(2, `${index} ${'語'.repeat(16_000)}`);
    const seqs: number[] = [];
    let page: LogPage;
    do {
      page = await follow(2, seqs.length, 500);
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(600_000);
      seqs.push(...page.entries.map(({ seq }) => seq));
    } while (page.has_more);
    expect(seqs).toEqual(upTo(61));
  });

  it('is for present members; services also read of chats that are gone or never were', async () => {
    const read = (userId: number, chatId = 1) =>
      house.bus.call(logRpc.read, { chat_id: chatId, after: 0 }, { as: asUser(userId) });
    expect(await read(2)).toEqual(await follow(1));
    await expect(read(3)).rejects.toMatchObject(missing);
    await expect(read(9)).rejects.toMatchObject(missing);
    await expect(read(1, 99)).rejects.toMatchObject(missing);
    await createChat(house.bus, 5, [1]);
    await handOver(house.bus, 5, 2, { type: 'chat.deleted' });
    await expect(read(1, 5)).rejects.toMatchObject(missing);
    expect((await follow(5)).entries.map(({ type }) => type)).toEqual(['chat.created', 'chat.deleted']);
    expect(await follow(99)).toMatchObject({ entries: [], last_seq: 0, has_more: false });
  });
});

describe('comparing heads', () => {
  it('shows chats that changed lately, within a second', async () => {
    const before = await house.bus.call(logRpc.recentHeads, {}, { as: reader });
    expect(before.heads).toContainEqual({ chat_id: 1, last_seq: 10 });
    const { seq } = await send(1, 'one more');
    const isSeen = async () => {
      const { heads } = await house.bus.call(logRpc.recentHeads, {}, { as: reader });
      return heads.some(({ chat_id, last_seq }) => chat_id === 1 && last_seq === seq);
    };
    await eventually(isSeen, 'the chat is shown', 3_000);
  });

  it('shows chats that changed lately in slices', async () => {
    const recent = (after_chat_id?: number, limit?: number) =>
      house.bus.call(logRpc.recentHeads, { after_chat_id, limit }, { as: reader });
    const whole = await recent();
    expect(whole).not.toHaveProperty('has_more');
    expect(whole.heads.length).toBeGreaterThan(1);
    const first = await recent(undefined, 1);
    expect(first).toEqual({ ...whole, heads: whole.heads.slice(0, 1), has_more: true });
    expect(await recent(first.heads[0]?.chat_id)).toEqual({ ...whole, heads: whole.heads.slice(1) });
    expect((await recent(whole.heads.at(-1)?.chat_id)).heads).toEqual([]);
  });

  it('shows all heads in slices', async () => {
    const all = (after_chat_id: number, limit: number) =>
      house.bus.call(logRpc.allHeads, { after_chat_id, limit }, { as: reader });
    const whole = await all(0, 100);
    expect(whole).toMatchObject({ has_more: false });
    const first = await all(0, 2);
    expect(first).toEqual({ heads: whole.heads.slice(0, 2), has_more: true });
    expect(await all(first.heads[1]?.chat_id ?? 0, 100)).toEqual({ heads: whole.heads.slice(2), has_more: false });
  });

  it('says where the changes since a time begin, never before the stay', async () => {
    const since = (time: Date, userId: number) =>
      house.bus.call(logRpc.changedSince, { since: time.toISOString() }, { as: asUser(userId) });
    await createChat(house.bus, 6, [1]);
    await send(6, 'before');
    await handOver(house.bus, 6, 2, { type: 'member.added', members: [{ user_id: 8, role: 'member' }] });
    await send(6, 'after');
    const aMinuteAgo = new Date(Date.now() - 60_000);
    expect((await since(aMinuteAgo, 1)).chats).toContainEqual({ chat_id: 6, after: 0 });
    expect((await since(aMinuteAgo, 8)).chats).toEqual([{ chat_id: 6, after: 2 }]);
    expect((await since(new Date(0), 8)).chats).toEqual([{ chat_id: 6, after: 2 }]);
    expect((await since(new Date(Date.now() + 120_000), 1)).chats).toEqual([]);
    expect((await since(aMinuteAgo, 9)).chats).toEqual([]);
  });

  it('gives the versions of inboxes, which rise with every change of access and of what is read', async () => {
    const version = async (userId: number) => {
      const request = { user_ids: [userId, 4711] };
      const { versions } = await house.bus.call(logRpc.inboxVersions, request, { as: reader });
      expect(versions).toContainEqual({ user_id: 4711, version: 0 });
      return versions.find(({ user_id }) => user_id === userId)?.version ?? -1;
    };
    await createChat(house.bus, 7, [1, 20]);
    const joined = await version(20);
    expect(joined).toBe(1);
    const { seq } = await send(7, 'news');
    await house.bus.call(messageRpc.read, { chat_id: 7, seq }, { as: asUser(20) });
    expect(await version(20)).toBe(2);
    await handOver(house.bus, 7, 2, { type: 'member.removed', user_ids: [20] });
    expect(await version(20)).toBe(3);
  });

  it('tells of many users at once where they are members now, as their inboxes do', async () => {
    await createChat(house.bus, 8, [30, 31]);
    await createChat(house.bus, 9, [30, 32]);
    await send(1, 'elsewhere');
    await handOver(house.bus, 8, 2, { type: 'member.removed', user_ids: [31] });
    await handOver(house.bus, 8, 3, { type: 'member.added', members: [{ user_id: 31, role: 'member' }] });
    await handOver(house.bus, 9, 2, { type: 'member.removed', user_ids: [32] });
    const request = { user_ids: [30, 31, 32, 4711] };
    const { users, epoch } = await house.bus.call(logRpc.places, request, { as: reader });
    expect(users.map(({ user_id }) => user_id)).toEqual(request.user_ids);
    for (const { user_id, version, places } of users) {
      const inbox = await house.bus.call(messageRpc.inbox, { limit: 100 }, { as: asUser(user_id) });
      const expected = inbox.chats.map(({ chat_id, joined_seq, last_seq }) => ({ chat_id, joined_seq, last_seq }));
      expect({ version, epoch, places: places.map(({ chat_id }) => chat_id) }).toEqual({
        version: inbox.version,
        epoch: inbox.epoch,
        places: [...expected].sort((a, b) => b.chat_id - a.chat_id).map(({ chat_id }) => chat_id),
      });
      expect(places).toEqual(expect.arrayContaining(expected));
    }
    expect(users.map(({ places }) => places.length)).toEqual([2, 1, 0, 0]);
    expect(users[1]?.places[0]).toEqual({ chat_id: 8, joined_seq: 3, last_seq: 3 });
  });

  it('says when a user may have more places than it tells', async () => {
    const database = await house.database('message');
    const join = sql(
      'spec.join_many',
      `WITH chats AS (
         INSERT INTO message.chat_heads (chat_id, workspace_id, access_version, last_seq, message_count, last_activity_at)
         SELECT n, 7, 1, 1, 0, now() FROM generate_series($2::bigint, $3) n RETURNING chat_id
       )
       INSERT INTO message.chat_access (chat_id, user_id, role, joined_seq) SELECT chat_id, $1, 'member', 1 FROM chats`,
    );
    const told = async () => {
      const { users } = await house.bus.call(logRpc.places, { user_ids: [40] }, { as: reader });
      return users.map(({ places, has_more }) => [places.length, places.at(-1)?.chat_id, has_more]);
    };
    await database.query(join, [40, 100_001, 109_999]);
    expect(await told()).toEqual([[9_999, 100_001, undefined]]);
    await database.query(join, [40, 110_000, 110_005]);
    expect(await told()).toEqual([[10_000, 100_006, true]]);
  });
});

describe('an epoch that is missing', () => {
  it('is not made up by anything that carries one', async () => {
    configureLogging('silent', 'test');
    const database = await house.database('message');
    const forget = sql('spec.forget_epoch', 'DELETE FROM message.log_epoch RETURNING epoch');
    const [row] = await database.query<{ epoch: number }>(forget);
    const asks = [
      () => follow(1),
      () => house.bus.call(logRpc.places, { user_ids: [1] }, { as: reader }),
      () => house.bus.call(logRpc.changedSince, { since: new Date().toISOString() }, { as: member }),
      () => house.bus.call(messageRpc.inbox, { limit: 1 }, { as: member }),
    ];
    for (const ask of asks) await expect(ask()).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
    await database.query(sql('spec.restore_epoch', 'INSERT INTO message.log_epoch (epoch) VALUES ($1)'), [row?.epoch]);
    for (const ask of asks) expect(await ask()).toMatchObject({ epoch: row?.epoch });
  });
});
