import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { importRpc } from '#contracts/import.contract.js';
import { messageRpc, type Message, type MessagePage } from '#contracts/message.contract.js';
import { accessRpc } from '#contracts/access.contract.js';
import type { House } from '#testing/app.js';
import { asService, asUser } from '#testing/caller.js';
import { createChat, handOver, startMessages, workspaceId } from '../chat.fixture.js';

type Range = Parameters<typeof ask>[1];

let house: House;
/** Every message of chat 1 in the order of the log, as a naive reader has it. */
let model: Message[];

const member = asUser(1);

function ask(chatId: number, range: object = {}, limit = 50, caller = member): Promise<MessagePage> {
  return house.bus.call(messageRpc.list, { chat_id: chatId, limit, ...range }, { as: caller });
}

async function walk(chatId: number, start: Range, limit: number): Promise<Message[]> {
  const messages: Message[] = [];
  let page = await ask(chatId, start, limit);
  messages.push(...page.messages);
  while (page.next_cursor !== null) {
    expect(page.has_more).toBe(true);
    page = await ask(chatId, { cursor: page.next_cursor }, limit);
    messages.push(...page.messages);
  }
  expect(page.has_more).toBe(false);
  return messages;
}

async function importLines(chatId: number, texts: readonly string[], minuteOf: (index: number) => number) {
  const messages = texts.map((content, index) => ({
    sender_id: 100 + (index % 5),
    created_at: new Date(Date.UTC(2020, 0, 1, 0, minuteOf(index))).toISOString(),
    content,
    import_id: null,
  }));
  const request = { chat_id: chatId, workspace_id: workspaceId, importer_id: 1, messages };
  await house.bus.call(importRpc.messages, request, { as: asService('chat') });
}

const refused = (field: string) => ({ code: 'VALIDATION_ERROR', details: [expect.objectContaining({ field })] });
const missing = { code: 'NOT_FOUND' };

beforeAll(async () => {
  ({ house } = await startMessages());
  await createChat(house.bus, 1, [1, 2]);
  await createChat(house.bus, 2, [1]);
  await house.bus.call(messageRpc.send, { chat_id: 2, content: 'elsewhere' }, { as: member });
  const lines = Array.from({ length: 60 }, (_, index) => `line ${index}`);
  // Every tenth time steps back by an hour: seq is the order, not the clock.
  await importLines(1, lines, (index) => (index % 10 === 9 ? index - 60 : index) + 120);
  const all = await ask(1, { after_seq: 0 }, 200);
  for (const [index, message] of all.messages.entries()) {
    const author = asUser(message.sender_id);
    if (index % 7 === 3) await house.bus.call(messageRpc.delete, { message_id: message.id }, { as: member });
    if (index % 7 === 5) {
      const own = await house.bus.call(messageRpc.send, { chat_id: 1, content: `own ${index}` }, { as: member });
      await house.bus.call(messageRpc.edit, { message_id: own.id, content: `edited ${index}` }, { as: member });
    }
    await expect(house.bus.call(messageRpc.get, { message_id: message.id }, { as: author })).rejects.toMatchObject(
      missing,
    );
  }
  model = (await ask(1, { after_seq: 0 }, 200)).messages;
});

afterAll(() => house.close());

describe('message.list', () => {
  it('has every message once, tombstones included, in the order of seq although times step back', () => {
    expect(model.map(({ ordinal }) => ordinal)).toEqual(model.map((_, index) => index + 1));
    expect(model.some((message, index) => message.created_at < (model[index - 1]?.created_at ?? ''))).toBe(true);
    const tombstones = model.filter(({ deleted_at }) => deleted_at !== null);
    expect(tombstones.length).toBeGreaterThan(5);
    expect(new Set(tombstones.map(({ content }) => content))).toEqual(new Set(['']));
    expect(model.filter(({ edited_at }) => edited_at !== null).every(({ content }) => /^edited/.test(content))).toBe(
      true,
    );
    expect(model[0]?.sender).toEqual({ id: 100, username: 'user100', avatar_url: null });
  });

  it.each([1, 7, 50, 200])('shows everything newest first by cursor, %i at a time', async (limit) => {
    expect(await walk(1, {}, limit)).toEqual(model.toReversed());
  });

  it.each([1, 7, 50, 200])('shows everything oldest first from the beginning, %i at a time', async (limit) => {
    expect(await walk(1, { after_seq: 0 }, limit)).toEqual(model);
  });

  it('answers every position as a naive reader would', async () => {
    const anyMessage = fc.nat().map((number) => model[number % model.length] as Message);
    const anyRange = fc.oneof(
      anyMessage.map(({ id, seq }) => ({ range: { before_id: id }, below: seq })),
      anyMessage.map(({ seq }) => ({ range: { before_seq: seq }, below: seq })),
      fc.nat(300).map((seq) => ({ range: { before_seq: seq }, below: seq })),
      anyMessage.map(({ id, seq }) => ({ range: { after_id: id }, above: seq })),
      anyMessage.map(({ seq }) => ({ range: { after_seq: seq }, above: seq })),
      fc.nat(300).map((seq) => ({ range: { after_seq: seq }, above: seq })),
    );
    await fc.assert(
      fc.asyncProperty(anyRange, fc.integer({ min: 1, max: 100 }), async ({ range, ...bound }, limit) => {
        const expected =
          'above' in bound
            ? model.filter(({ seq }) => seq > bound.above)
            : model.filter(({ seq }) => seq < bound.below).reverse();
        const page = await ask(1, range, limit);
        expect(page.messages).toEqual(expected.slice(0, limit));
        expect(page.has_more).toBe(expected.length > limit);
        expect(await walk(1, range, limit)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('puts a message into the middle of its page, and goes on with the older', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 100 }), async (number, limit) => {
        const at = number % model.length;
        const newer = Math.min(model.length - 1 - at, Math.max(Math.floor(limit / 2), limit - at - 1));
        const first = Math.max(0, at + 1 - (limit - newer));
        const page = await ask(1, { around_id: model[at]?.id }, limit);
        expect(page.messages).toEqual(model.slice(first, at + newer + 1).reverse());
        expect(page.has_more).toBe(first > 0);
        const older = page.next_cursor === null ? [] : await walk(1, { cursor: page.next_cursor }, limit);
        expect(older).toEqual(model.slice(0, first).reverse());
      }),
      { numRuns: 40 },
    );
  });

  it('says which seq the chat had, the changes of messages included', async () => {
    const head = Math.max(...model.map(({ version }) => version));
    expect((await ask(1)).as_of_seq).toBe(head);
    expect((await ask(1, { before_seq: 0 })).as_of_seq).toBe(head);
    expect((await ask(1, { around_id: model[4]?.id }, 3)).as_of_seq).toBe(head);
  });

  it('ends a page early that would be too long for the bus, and loses nothing by it', async () => {
    await createChat(house.bus, 3, [1]);
    const texts = Array.from({ length: 40 }, (_, index) => `${index} ${'\u0001'.repeat(16_000)}`);
    for (const text of texts) await importLines(3, [text], () => 0);
    for (const [range, expected] of [
      [{}, texts.toReversed()],
      [{ after_seq: 0 }, texts],
    ] as const) {
      const page = await ask(3, range, 200);
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(600_000);
      expect(page.has_more).toBe(true);
      expect((await walk(3, range, 200)).map(({ content }) => content)).toEqual(expected);
    }
    const middle = (await walk(3, {}, 200))[20] as Message;
    const around = await ask(3, { around_id: middle.id }, 200);
    expect(Buffer.byteLength(JSON.stringify(around))).toBeLessThan(600_000);
    expect(around.messages.map(({ id }) => id)).toContain(middle.id);
  });

  it('refuses a cursor that was changed or belongs to another chat', async () => {
    const { next_cursor: cursor } = await ask(1, {}, 3);
    await expect(ask(2, { cursor })).rejects.toMatchObject(refused('cursor'));
    await expect(ask(1, { cursor: `${cursor}A` })).rejects.toMatchObject(refused('cursor'));
  });

  it('refuses two positions at once', async () => {
    await expect(ask(1, { before_seq: 4, after_seq: 2 })).rejects.toMatchObject(refused('after_seq'));
  });

  it('does not know a message of another chat', async () => {
    const elsewhere = (await ask(2)).messages[0] as Message;
    for (const name of ['before_id', 'after_id', 'around_id']) {
      await expect(ask(1, { [name]: elsewhere.id })).rejects.toMatchObject(missing);
    }
  });
});

describe('reading', () => {
  it('is for members who are present, and for nobody else', async () => {
    await createChat(house.bus, 4, [1, 5, 6]);
    const { id } = await house.bus.call(messageRpc.send, { chat_id: 4, content: 'for us' }, { as: member });
    const reads = (userId: number) => [
      ask(4, {}, 50, asUser(userId)),
      ask(4, { around_id: id }, 50, asUser(userId)),
      house.bus.call(messageRpc.get, { message_id: id }, { as: asUser(userId) }),
      house.bus.call(messageRpc.history, { message_id: id }, { as: asUser(userId) }),
    ];
    await Promise.all(reads(5));
    await handOver(house.bus, 4, 2, { type: 'member.removed', user_ids: [5] });
    await house.bus.call(accessRpc.deny, { workspace_id: workspaceId, user_id: 6 }, { as: asService('chat') });
    for (const stranger of [5, 6, 9]) {
      await Promise.all(reads(stranger).map((read) => expect(read).rejects.toMatchObject(missing)));
    }
    await Promise.all(reads(1));
    await handOver(house.bus, 4, 3, { type: 'chat.deleted' });
    await Promise.all(reads(1).map((read) => expect(read).rejects.toMatchObject(missing)));
  });

  it('shows what a message said before its edits, until it is deleted', async () => {
    const { id } = await house.bus.call(messageRpc.send, { chat_id: 2, content: 'one' }, { as: member });
    for (const content of ['two', 'three']) {
      await house.bus.call(messageRpc.edit, { message_id: id, content }, { as: member });
    }
    const history = () => house.bus.call(messageRpc.history, { message_id: id }, { as: member });
    expect((await history()).edits.map(({ content }) => content)).toEqual(['one', 'two']);
    await house.bus.call(messageRpc.delete, { message_id: id }, { as: member });
    expect((await history()).edits).toEqual([]);
  });

  it('counts the messages of a workspace that were not deleted', async () => {
    const visible = async (chatId: number) =>
      (await walk(chatId, {}, 200)).filter(({ deleted_at }) => deleted_at === null).length;
    const expected = (await visible(1)) + (await visible(2)) + (await visible(3));
    const request = { workspace_id: workspaceId };
    expect(await house.bus.call(messageRpc.count, request, { as: asService('chat') })).toEqual({
      message_count: expected,
    });
  });
});
