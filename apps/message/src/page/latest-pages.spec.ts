import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { countedBy } from '#cache/counts.fixture.js';
import { messageRpc, type MessagePage } from '#contracts/message.contract.js';
import { metrics } from '#telemetry/metrics.js';
import type { House } from '#testing/app.js';
import { asUser } from '#testing/caller.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { createChat, handOver, startMessages } from '../chat.fixture.js';
import { GateService } from '../gate/gate.service.js';
import { LogService } from '../log/log.service.js';
import { LatestPages } from './latest-pages.js';
import { PageRepository } from './page.repository.js';

describe.each(['true', 'false'])('the latest page, sole writer %s', (MESSAGE_SOLE_WRITER) => {
  let house: House;

  beforeAll(async () => {
    ({ house } = await startMessages({ MESSAGE_SOLE_WRITER }));
  });
  afterEach(() => void jest.restoreAllMocks());
  afterAll(() => house.close());

  const latest = (chatId: number, userId: number, limit = 50): Promise<MessagePage> =>
    house.bus.call(messageRpc.list, { chat_id: chatId, limit }, { as: asUser(userId) });
  /** The same by the statement that checks access and reads in one snapshot. */
  const stored = (chatId: number, userId: number, limit = 50): Promise<MessagePage> =>
    house.bus.call(
      messageRpc.list,
      { chat_id: chatId, limit, before_seq: Number.MAX_SAFE_INTEGER },
      { as: asUser(userId) },
    );
  const send = (chatId: number, userId: number, content: string) =>
    house.bus.call(messageRpc.send, { chat_id: chatId, content }, { as: asUser(userId) });

  it('asks the database who may read only where others write', async () => {
    await createChat(house.bus, 7, [1, 2]);
    await send(7, 1, 'hello');
    await latest(7, 2);
    const before = await lookUps();
    for (let round = 1; round <= 3; round++) {
      await send(7, 1, `message ${round}`);
      await latest(7, 2);
    }
    expect((await lookUps()) - before).toBe(MESSAGE_SOLE_WRITER === 'true' ? 0 : 3);
  });

  it('is what is stored, after every kind of change', async () => {
    await createChat(house.bus, 1, [1, 2]);
    expect(await latest(1, 1)).toEqual(await stored(1, 1));
    for (let round = 0; round < 40; round++) {
      const message = await send(1, 1 + (round % 2), `message ${round}`);
      const as = asUser(message.sender_id);
      if (round % 5 === 1) {
        await house.bus.call(messageRpc.edit, { message_id: message.id, content: `edited ${round}` }, { as });
      }
      if (round % 7 === 2) await house.bus.call(messageRpc.delete, { message_id: message.id }, { as });
      const limit = 1 + ((round * 13) % 60);
      expect(await latest(1, 2, limit)).toEqual(await stored(1, 2, limit));
    }
  });

  it('shows to each of many readers all that was acknowledged when they asked, in one order', async () => {
    await createChat(house.bus, 2, [1, 2, 3]);
    let acknowledged = 1;
    let writing = true;
    const write = async (userId: number) => {
      for (let index = 0; index < 60; index++) {
        const { seq } = await send(2, userId, `${userId}: ${index}`);
        acknowledged = Math.max(acknowledged, seq);
      }
    };
    const readAll = async (userId: number) => {
      for (let last = 0; writing;) {
        const atLeast = Math.max(acknowledged, last);
        const page = await latest(2, userId, 10);
        expect(page.as_of_seq).toBeGreaterThanOrEqual(atLeast);
        const seqs = page.messages.map(({ seq }) => seq);
        const newest = page.as_of_seq;
        expect(seqs).toEqual(Array.from({ length: Math.min(10, newest - 1) }, (_, index) => newest - index));
        last = newest;
        // As a reader outside does: between two reads the others have their turn.
        await nextTurn();
      }
    };
    const readers = [1, 2, 3, 3].map(readAll);
    await Promise.all([1, 2, 3].map(write));
    writing = false;
    await Promise.all(readers);
    expect(await latest(2, 1)).toEqual(await stored(2, 1));
  });

  it('lives once, also when its time ends while it is extended', async () => {
    const reading = jest.spyOn(LatestPages.prototype, 'read');
    await createChat(house.bus, 8, [1, 2]);
    await latest(8, 2);
    const pages = reading.mock.contexts[0] as LatestPages;
    const { opened, open } = gate();
    const follow = Reflect.get(LogService.prototype, 'follow');
    jest.spyOn(LogService.prototype, 'follow').mockImplementation(async function (this: LogService, ...args) {
      await opened;
      return follow.apply(this, args);
    });
    const behind = () => pages.serve(8, Number.MAX_SAFE_INTEGER);
    const extending = behind();
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + 31_000);
    await eventually(() => !pages.held().includes(8));
    const waiting = behind();
    open();
    await Promise.all([extending, waiting]);
    expect(pages.held()).not.toContain(8);
  });

  describe('counts', () => {
    const none = { memory: 0, redis: 0, misses: 0, stale: 0 };
    const counted = (work: () => Promise<unknown>) => countedBy('messages', work);
    const readers = () => Promise.all(Array.from({ length: 10 }, () => latest(4, 1)));

    /** Loads no page before so many readers have seen that there is none. */
    function holdLoad(count: number): void {
      const { opened, open } = gate();
      let awaited = count;
      const lastSeq = Reflect.get(GateService.prototype, 'lastSeq');
      const newest = Reflect.get(PageRepository.prototype, 'newest');
      jest.spyOn(GateService.prototype, 'lastSeq').mockImplementation(async function (this: GateService, ...args) {
        const seq = await lastSeq.apply(this, args);
        // They look at once when they know that they may.
        if (--awaited === 0) setImmediate(open);
        return seq;
      });
      jest.spyOn(PageRepository.prototype, 'newest').mockImplementation(async function (this: PageRepository, ...args) {
        await opened;
        return newest.apply(this, args);
      });
    }

    it('a miss where a page was loaded, a hit where it was there, and nothing for who waits for the load', async () => {
      await createChat(house.bus, 4, [1, 2]);
      await send(4, 1, 'hello');
      holdLoad(10);
      expect(await counted(readers)).toEqual({ ...none, misses: 1 });
      expect(await counted(readers)).toEqual({ ...none, memory: 10 });
      expect(await counted(() => latest(4, 2))).toEqual({ ...none, memory: 1 });
      await send(4, 1, 'once more');
      expect(await counted(() => latest(4, 2))).toEqual({ ...none, memory: 1 });
    });

    it('a request once, however often it has to look', async () => {
      await createChat(house.bus, 5, [1, 2]);
      const { id } = await send(5, 1, 'hello');
      await latest(5, 1);
      // Each time that the gate was asked something changes before the page is looked at.
      const lastSeq = Reflect.get(GateService.prototype, 'lastSeq');
      let edits = 0;
      const edit = async () =>
        house.bus.call(messageRpc.edit, { message_id: id, content: `edit ${++edits}` }, { as: asUser(1) });
      const asked = jest.spyOn(GateService.prototype, 'lastSeq').mockImplementation(async function (this: GateService) {
        const seq = await lastSeq.call(this, 2, 5);
        if (edits < 2) await edit();
        return seq;
      });
      // Nobody has been seen to be present since.
      await handOver(house.bus, 5, 2, { type: 'member.added', members: [{ user_id: 3, role: 'member' }] });
      expect(await counted(() => latest(5, 2))).toEqual({ ...none, memory: 1 });
      expect(asked).toHaveBeenCalledTimes(3);
      edits = 0;
      await handOver(house.bus, 5, 3, { type: 'member.added', members: [{ user_id: 4, role: 'member' }] });
      asked.mockImplementation(async function (this: GateService) {
        const seq = await lastSeq.call(this, 2, 5);
        await edit();
        return seq;
      });
      expect(await counted(() => latest(5, 2))).toEqual({ ...none, misses: 1 });
    });
  });

  it('ends for who is removed, and never shows what was sent after that', async () => {
    await createChat(house.bus, 3, [1, 2]);
    await send(3, 1, 'for both');
    for (let version = 2; version < 22; version += 2) {
      expect((await latest(3, 2)).messages.length).toBeGreaterThan(0);
      let removedAt = Infinity;
      const reading = Array.from({ length: 20 }, async () => {
        const page = await latest(3, 2).catch(() => undefined);
        for (const { seq } of page?.messages ?? []) expect(seq).toBeLessThan(removedAt);
      });
      await handOver(house.bus, 3, version, { type: 'member.removed', user_ids: [2] });
      const { seq } = await send(3, 1, 'for one');
      removedAt = seq;
      await Promise.all(reading);
      await expect(latest(3, 2)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await handOver(house.bus, 3, version + 1, {
        type: 'member.added',
        members: [{ user_id: 2, role: 'member' }],
      });
    }
  });
});

/** How often the gate has looked into the database. */
async function lookUps(): Promise<number> {
  const text = await metrics.getSingleMetricAsString('db_operation_duration_seconds');
  return Number(/_count\{operation="message.gate_last_seqs"\} (\d+)/.exec(text)?.[1] ?? 0);
}
