import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { LocalBus } from '#bus/local-bus.js';
import { readConfig } from '#config/config.js';
import type { RequestOf } from '#contracts/contract.js';
import { importRpc } from '#contracts/import.contract.js';
import { messageRpc } from '#contracts/message.contract.js';
import type { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import type { House } from '#testing/app.js';
import { asService, asUser } from '#testing/caller.js';
import { eventually } from '#testing/eventually.js';
import { upTo } from '#testing/range.js';
import { handOver, loggedChat, logNumbers, newChat, startMessages, workspaceId } from '../chat.fixture.js';
import { messageApp } from '../message.app.js';
import { MessageConfig } from '../message.config.js';
import { ImportRepository } from './import.repository.js';

type Messages = RequestOf<typeof importRpc.messages>['messages'];

let house: House;
let database: Database;

beforeAll(async () => {
  ({ house, database } = await startMessages());
  const owner = new pg.Client({ connectionString: house.test.ownerUrl });
  await owner.connect();
  // So that only who is to tell the planner does.
  await owner.query('ALTER TABLE message.messages SET (autovacuum_enabled = false)');
  await owner.end();
}, 60_000);

afterAll(() => house.close());

const chat = (...userIds: number[]) => newChat(house.bus, ...userIds);

function lines(from: number, to: number, prefix: string | null): Messages {
  return upTo(to)
    .slice(from - 1)
    .map((n) => ({
      sender_id: 100 + (n % 7),
      // Every tenth line steps back in time.
      created_at: new Date(Date.UTC(2007, 0, 1, 0, 0, n % 10 === 0 ? n - 5 : n)).toISOString(),
      content: `line ${n} Grüße, 你好, "quoted" \\ {braces}, NULL`,
      import_id: prefix === null ? null : `${prefix} ${n}`,
    }));
}

function importInto(chatId: number, messages: Messages) {
  const request = { chat_id: chatId, workspace_id: workspaceId, importer_id: 1, messages };
  return house.bus.call(importRpc.messages, request, { as: asService('chat') });
}

/** What the planner believes to be in the table, and how often somebody told it. */
async function known(): Promise<{ rows: number; analyses: number }> {
  const statement = sql(
    'spec.known',
    `SELECT reltuples AS rows, pg_stat_get_analyze_count(oid) AS analyses FROM pg_class
     WHERE oid = 'message.messages'::regclass`,
  );
  const [row] = await database.query<{ rows: number; analyses: number }>(statement);
  return { rows: row?.rows ?? 0, analyses: row?.analyses ?? 0 };
}

async function storedIn(chatId: number): Promise<{ content: string; created_at: Date; sender_id: number }[]> {
  const statement = sql(
    'spec.imported',
    'SELECT content, created_at, sender_id FROM message.messages WHERE chat_id = $1 ORDER BY seq',
  );
  return database.query(statement, [chatId]);
}

describe('the planner', () => {
  it('can be told by the service, which does not own the tables, and is told what it does not know', async () => {
    const chatId = await chat(1);
    await importInto(chatId, lines(1, 50, null));
    expect(await new ImportRepository(database).analyze(1_000_000)).toBe(false);
    expect(await new ImportRepository(database).analyze(50)).toBe(true);
    expect(await new ImportRepository(database).analyze(50)).toBe(false);
    expect(await known()).toEqual({ rows: 50, analyses: 1 });
  });
});

describe('a large import', () => {
  it('lets the planner know when it has ended, also when no service has seen all of it', async () => {
    const chatId = await chat(1);
    const config = readConfig(MessageConfig, { DATABASE_URL: house.test.url('message') });
    const buses = [house.bus, ...upTo(2).map(() => new LocalBus({ freeze: true }))];
    const others = await Promise.all(
      buses.slice(1).map((bus) => messageApp.start({ config, bus, validateReplies: true })),
    );
    try {
      const before = await known();
      const chunk = lines(1, 1_000, null);
      const request = { chat_id: chatId, workspace_id: workspaceId, importer_id: 1, messages: chunk };
      for (const n of upTo(12)) {
        await buses[n % buses.length]?.call(importRpc.messages, request, { as: asService('chat') });
      }
      await eventually(async () => (await known()).analyses > before.analyses);
      expect((await known()).rows).toBe(before.rows + 12_000);
    } finally {
      for (const other of others) await other.stop();
      for (const bus of buses.slice(1)) await bus.close();
    }
  });
});

describe('an import', () => {
  it('keeps order, senders and times of the given lines, also where time steps back', async () => {
    const chatId = await chat(1);
    const given = lines(1, 500, 'order');
    expect(await importInto(chatId, given)).toEqual({ imported: 500, skipped: 0 });
    const stored = await storedIn(chatId);
    expect(stored.map((row) => ({ ...row, created_at: row.created_at.toISOString() }))).toEqual(
      given.map(({ content, created_at, sender_id }) => ({ content, created_at, sender_id })),
    );
    expect((await logNumbers(database, chatId)).seqs).toEqual(upTo(501));
  });

  it('stores each id once, within a chunk, over chunks and over chats', async () => {
    const [chatId, other] = [await chat(1), await chat(1)];
    expect(await importInto(chatId, [...lines(1, 50, 'once'), ...lines(41, 50, 'once')])).toEqual({
      imported: 50,
      skipped: 10,
    });
    expect(await importInto(chatId, lines(31, 60, 'once'))).toEqual({ imported: 10, skipped: 20 });
    expect(await importInto(other, lines(1, 60, 'once'))).toEqual({ imported: 0, skipped: 60 });
    expect((await storedIn(chatId)).map((row) => row.content)).toEqual(lines(1, 60, null).map((line) => line.content));
    expect((await logNumbers(database, chatId)).seqs).toEqual(upTo(61));
  });

  it('stores lines without an id as often as they are given', async () => {
    const chatId = await chat(1);
    await importInto(chatId, lines(1, 3, null));
    expect(await importInto(chatId, lines(1, 3, null))).toEqual({ imported: 3, skipped: 0 });
  });

  it('of the same lines many times at once adds them once, into whichever chats', async () => {
    const chats = [await chat(1), await chat(1)];
    const chunk = lines(1, 300, 'race');
    const counts = await Promise.all(
      upTo(8).map((n) => importInto(chats[n % 2] ?? 0, n % 3 === 0 ? chunk.toReversed() : chunk)),
    );
    expect(counts.reduce((sum, { imported }) => sum + imported, 0)).toBe(300);
    for (const chatId of chats) {
      const { seqs, lastSeq } = await logNumbers(database, chatId);
      expect(seqs).toEqual(upTo(lastSeq));
    }
  });

  it('leaves live times alone, and live messages go on behind it', async () => {
    const chatId = await chat(1);
    const future = lines(1, 1, null).map((line) => ({ ...line, created_at: '2090-01-01T00:00:00.000Z' }));
    await importInto(chatId, future);
    const sent = await house.bus.call(messageRpc.send, { chat_id: chatId, content: 'live' }, { as: asUser(1) });
    expect(sent).toMatchObject({ seq: 3, ordinal: 2 });
    expect(Date.parse(sent.created_at)).toBeLessThan(Date.now() + 60_000);
  });

  it('is read by the importer who had read everything, and unread for the others', async () => {
    const chatId = await chat(1, 2);
    await importInto(chatId, lines(1, 20, null));
    await house.bus.call(messageRpc.send, { chat_id: chatId, content: 'live' }, { as: asUser(2) });
    await importInto(chatId, lines(21, 30, null));
    const unread = async (userId: number) => {
      const { chats } = await house.bus.call(messageRpc.inbox, {}, { as: asUser(userId) });
      return chats.find((one) => one.chat_id === chatId)?.unread_count;
    };
    expect([await unread(1), await unread(2)]).toEqual([11, 10]);
  });

  it('is refused for chats of other workspaces, deleted and archived ones', async () => {
    const [chatId, archived, deleted] = [await chat(1), await chat(1), await chat(1)];
    await handOver(house.bus, archived, 2, { type: 'chat.updated', chat: loggedChat(archived, true) });
    await handOver(house.bus, deleted, 2, { type: 'chat.deleted' });
    const foreign = { chat_id: chatId, workspace_id: 99, importer_id: 1, messages: lines(1, 1, 'foreign') };
    const asChat = { as: asService('chat') };
    await expect(house.bus.call(importRpc.messages, foreign, asChat)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(importInto(deleted, lines(1, 1, null))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(importInto(archived, lines(1, 1, null))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(importInto(999_999, lines(1, 1, null))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await importInto(chatId, lines(1, 1, 'foreign'))).toEqual({ imported: 1, skipped: 0 });
  });
});
