import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { audit } from '#cache/auditor.js';
import type { LogEntry } from '#contracts/log.contract.js';
import { messageRpc, type Message } from '#contracts/message.contract.js';
import { reactionRpc } from '#contracts/reaction.contract.js';
import type { House } from '#testing/app.js';
import { asUser } from '#testing/caller.js';
import { Random } from '#testing/random.js';
import { createChat, handOver, loggedChat, startMessages } from '../chat.fixture.js';
import { SenderService } from '../sender/sender.service.js';
import { LatestPage } from './latest-page.js';
import { auditLatestPages } from './latest-pages.audit.js';
import { LatestPages } from './latest-pages.js';

const people = [1, 2, 3];
const rounds = 25;
const ignore = () => undefined;

describe.each(['true', 'false'])('the pages that are held, sole writer %s', (MESSAGE_SOLE_WRITER) => {
  let house: House;
  let pages: LatestPages;
  let senders: SenderService;

  beforeAll(async () => {
    ({ house } = await startMessages({ MESSAGE_SOLE_WRITER }));
  });
  beforeEach(() => {
    // Whoever reads shows where the pages of the process are.
    const read = jest.spyOn(LatestPages.prototype, 'read');
    const attach = jest.spyOn(SenderService.prototype, 'attach');
    remember = () => {
      pages = read.mock.contexts[0] as LatestPages;
      senders = attach.mock.contexts[0] as SenderService;
    };
  });
  afterEach(() => void jest.restoreAllMocks());
  afterAll(() => house.close());

  let remember: () => void;

  /** All at once: people send, edit, delete, react and read, and the chat is renamed. */
  async function race(chatId: number): Promise<void> {
    await createChat(house.bus, chatId, people);
    const sent: Message[] = [];
    let writing = true;
    const write = async (userId: number) => {
      const random = new Random(chatId * 10 + userId);
      const as = asUser(userId);
      for (let round = 0; round < rounds; round++) {
        const target = random.pick(sent.filter((message) => message.sender_id === userId));
        const what = random.next();
        const content = `${userId}: ${round}`;
        // What is refused, as a change of what was deleted meanwhile, changes nothing.
        if (target === undefined || what < 0.5) {
          const parent = what < 0.1 ? sent.find(({ parent_id }) => parent_id === null) : undefined;
          const request = { chat_id: chatId, content, parent_id: parent?.id };
          await house.bus.call(messageRpc.send, request, { as }).then((message) => sent.push(message), ignore);
        } else if (what < 0.75) {
          await house.bus.call(messageRpc.edit, { message_id: target.id, content }, { as }).catch(ignore);
        } else if (what < 0.85) {
          await house.bus.call(reactionRpc.add, { message_id: target.id, emoji: '👍' }, { as }).catch(ignore);
        } else await house.bus.call(messageRpc.delete, { message_id: target.id }, { as }).catch(ignore);
      }
    };
    const rename = async () => {
      for (let version = 2; version < 12; version++) {
        const chat = { ...loggedChat(chatId), name: `renamed ${version}` };
        await handOver(house.bus, chatId, version, { type: 'chat.updated', chat });
      }
    };
    const readAll = async (userId: number) => {
      for (let round = 0; writing; round++) {
        await house.bus.call(messageRpc.list, { chat_id: chatId, limit: 1 + (round % 100) }, { as: asUser(userId) });
        await nextTurn();
      }
    };
    const readers = people.map(readAll);
    await Promise.all([...people.map(write), rename()]);
    writing = false;
    await Promise.all(readers);
    await house.bus.call(messageRpc.list, { chat_id: chatId, limit: 50 }, { as: asUser(1) });
    remember();
  }

  it('are what is stored when a race is over, and so are the names', async () => {
    await race(1);
    const { compared, differences } = await auditLatestPages(pages);
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(100);
    expect(await audit(senders, Number)).toEqual({ compared: people.length, differences: [] });
  });

  it('are not called right where none was compared', async () => {
    await race(3);
    jest.spyOn(LatestPages.prototype, 'reload').mockResolvedValue(undefined);
    await expect(auditLatestPages(pages)).rejects.toThrow(/^Chat \d+ has a latest page and is not stored$/);
    jest.spyOn(LatestPages.prototype, 'held').mockReturnValue([]);
    await expect(auditLatestPages(pages)).rejects.toThrow('No latest page was compared');
  });

  it('are found out where one was left with a text of before', async () => {
    const apply = Reflect.get(LatestPage.prototype, 'apply');
    jest.spyOn(LatestPage.prototype, 'apply').mockImplementation(function (this: LatestPage, entry: LogEntry) {
      if (entry.type !== 'message.updated') return apply.call(this, entry);
      return apply.call(this, { ...entry, data: { message: { ...entry.data.message, content: 'a text of before' } } });
    });
    await race(2);
    const as = asUser(1);
    const { id } = await house.bus.call(messageRpc.send, { chat_id: 2, content: 'now' }, { as });
    await house.bus.call(messageRpc.list, { chat_id: 2, limit: 50 }, { as });
    await house.bus.call(messageRpc.edit, { message_id: id, content: 'later' }, { as });
    const { differences } = await auditLatestPages(pages);
    expect(differences[0]).toMatchObject({ key: 'messages:chat:2:latest:1', layer: 'memory' });
    expect(differences[0]?.cached).toContain('a text of before');
    expect(differences[0]?.loaded).toContain('later');
  });
});
