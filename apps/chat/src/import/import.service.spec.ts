import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chatRpc } from '#contracts/chat.contract.js';
import { importRpc, type ImportLine } from '#contracts/import.contract.js';
import { messageRpc, type Message } from '#contracts/message.contract.js';
import { startHouse, type House } from '#testing/app.js';
import { messageApp } from '../../../message/src/message.app.js';
import { messageDataSource } from '../../../message/src/message.data-source.js';
import { authApp } from '../../../auth/src/auth.app.js';
import { authDataSource } from '../../../auth/src/auth.data-source.js';
import { chatApp } from '../chat.app.js';
import { chatDataSource } from '../chat.data-source.js';
import { Person } from '../chat.fixture.js';

let house: House;
let owner: Person;
let workspaceId: number;

beforeAll(async () => {
  house = await startHouse({
    apps: [messageApp, chatApp, authApp],
    dataSources: [messageDataSource, chatDataSource, authDataSource],
  });
}, 60_000);

beforeEach(async () => {
  owner = new Person(house.bus);
  ({ workspaceId } = await owner.createWorkspace());
});

afterAll(() => house.close());

let minute = 0;

function line(chat: string, sender: string, rest: Partial<ImportLine> = {}): ImportLine {
  return { chat, sender, ts: 1_100_000_000 + 60 * ++minute, text: `${sender} says ${minute}`, ...rest };
}

function importLines(lines: ImportLine[], person = owner) {
  return person.call(importRpc.lines, { workspace_id: workspaceId, lines });
}

async function messagesOf(name: string): Promise<Message[]> {
  const { chats } = await owner.call(chatRpc.search, { workspace_id: workspaceId, query: name });
  const chat_id = chats.find((chat) => chat.name === name)?.id ?? 0;
  return (await owner.call(messageRpc.list, { chat_id, limit: 200, after_seq: 0 })).messages;
}

describe('imported lines', () => {
  it('keep their order, times and senders, each chat a public channel of the importer', async () => {
    const lines = [
      line('alpha', 'ada', { ts: 1_100_000_300.5 }),
      line('beta', 'bob', { ts: '2004-11-09T12:00:00+01:00' }),
      line('alpha', 'bob', { ts: 1_100_000_000 }),
      line('alpha', 'ada', { text: 'the same' }),
      line('alpha', 'ada', { text: 'the same' }),
    ];
    expect(await importLines(lines)).toEqual({ imported: 5, skipped: 0, refused: [] });
    const alpha = await messagesOf('alpha');
    expect(alpha.map(({ content, sender }) => [sender.username, content])).toEqual(
      lines.filter(({ chat }) => chat === 'alpha').map(({ sender, text }) => [sender, text]),
    );
    expect(alpha.map(({ created_at }) => created_at).slice(0, 2)).toEqual([
      ...['2004-11-09T11:38:20.500Z', '2004-11-09T11:33:20.000Z'],
    ]);
    const [beta] = await messagesOf('beta');
    expect(beta).toMatchObject({ created_at: '2004-11-09T11:00:00.000Z', sender_id: alpha[1]?.sender_id });
    const { chats } = await owner.call(chatRpc.search, { workspace_id: workspaceId, query: 'alpha' });
    expect(chats).toMatchObject([{ type: 'channel', is_private: false, member_count: 1, created_by: owner.id }]);
  });

  it('are stored once when they carry an id, however often they come', async () => {
    const lines = Array.from({ length: 50 }, (_, index) => line('once', 'ada', { id: `line-${index}` }));
    expect(await importLines(lines.slice(0, 30))).toEqual({ imported: 30, skipped: 0, refused: [] });
    expect(await importLines(lines)).toEqual({ imported: 20, skipped: 30, refused: [] });
    expect((await messagesOf('once')).map(({ content }) => content)).toEqual(lines.map(({ text }) => text));
  });

  it('name one channel when the names differ only in case, but senders to the letter', async () => {
    await importLines([line('Straße', 'Ada'), line('STRASSE', 'Ada'), line('straße', 'ada')]);
    const messages = await messagesOf('Straße');
    expect(messages).toHaveLength(2);
    expect(new Set(messages.map(({ sender_id }) => sender_id)).size).toBe(2);
    expect(await messagesOf('STRASSE')).toHaveLength(1);
  });

  it('pass in every script of the world, and as many bytes as one payload of the bus may have', async () => {
    const words = ['Привет', '你好', 'مرحبا', '👩‍👩‍👧‍👦', 'สวัสดี', 'नमस्ते'];
    const lines = Array.from({ length: 300 }, (_, index) => {
      const word = words[index % words.length] ?? '';
      return line(word, word, { text: word.repeat(Math.floor(2_300 / Buffer.byteLength(word))) });
    });
    expect(await importLines(lines)).toEqual({ imported: 300, skipped: 0, refused: [] });
    expect((await messagesOf('你好')).length).toBeGreaterThan(0);
  });

  it('make their channels once when two chunks come at the same time', async () => {
    const chunk = (sender: string) => Array.from({ length: 20 }, () => line('together', sender));
    await Promise.all(['ada', 'bob', 'eve'].map((sender) => importLines(chunk(sender))));
    expect(await messagesOf('together')).toHaveLength(60);
  });
});

describe('importing', () => {
  it('is for owners', async () => {
    const admin = new Person(house.bus);
    await owner.admit(workspaceId, admin, 'admin');
    const request = { workspace_id: workspaceId, lines: [line('x', 'y')] };
    expect(await admin.refused(importRpc.lines, request)).toBe('FORBIDDEN');
    expect(await new Person(house.bus).refused(importRpc.lines, request)).toBe('NOT_FOUND');
  });

  it('refuses lines with an impossible time, of an archived channel or of a private one of others, and no others', async () => {
    const member = new Person(house.bus);
    await owner.admit(workspaceId, member);
    await member.createChannel(workspaceId, 'theirs', { is_private: true });
    const attic = await owner.createChannel(workspaceId, 'attic');
    await owner.call(chatRpc.update, { chat_id: attic.id, is_archived: true });
    const lines = [
      line('fine', 'ada'),
      line('theirs', 'bob'),
      line('never', 'ada', { ts: '0000-01-01T00:00:00Z' }),
      line('Attic', 'eve'),
      line('fine', 'ada'),
    ];
    expect(await importLines(lines)).toEqual({
      imported: 2,
      skipped: 0,
      refused: [
        { index: 1, reason: 'The channel "theirs" is private and you are not in it.' },
        { index: 2, reason: 'ts: Must lie in the years 1 to 9999' },
        { index: 3, reason: 'The channel "Attic" is archived: nothing can be imported into it.' },
      ],
    });
    expect((await messagesOf('fine')).map(({ content }) => content)).toEqual([lines[0]?.text, lines[4]?.text]);
    const { chats } = await owner.call(chatRpc.search, { workspace_id: workspaceId, query: 'never' });
    expect(chats).toEqual([]);
    expect(await importLines(lines.slice(1, 3))).toMatchObject({ imported: 0, refused: [{ index: 0 }, { index: 1 }] });
  });
});
