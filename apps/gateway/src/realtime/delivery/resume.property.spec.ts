import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LocalBus } from '#bus/local-bus.js';
import { configureLogging } from '#telemetry/logger.js';
import { Hub } from './hub.js';
import { InboxSource } from './inbox-source.js';
import { Client, Logs, nextTurn, type Fate } from './log.fixture.js';
import { LogSource } from './log-source.js';

const user = 10;
const chats = [1, 2, 3];

interface Scenario {
  scheduler: fc.Scheduler;
  /** What was there before the client came, per chat, beside the entry with which it was added. */
  before: number[];
  /** What the client has of each chat, as a part of what was there. */
  had: number[];
  /** What comes meanwhile. */
  sends: { chat: number; fate: Fate }[];
}

const scenarios: fc.Arbitrary<Scenario> = fc.record({
  scheduler: fc.scheduler(),
  before: fc.array(fc.nat(5), { minLength: chats.length, maxLength: chats.length }),
  had: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: chats.length, maxLength: chats.length }),
  sends: fc.array(
    fc.record({
      chat: fc.constantFrom(...chats),
      fate: fc.constantFrom<Fate[]>('arrives', 'arrives', 'twice', 'bare', 'late'),
    }),
    { maxLength: 12 },
  ),
});

interface Outcome {
  client: Client;
  logs: Logs;
  had: Map<number, number>;
}

/** A client comes, `returns` in its way, and chats go on meanwhile: the scheduler decides what happens when. */
async function play(
  { scheduler, before, had, sends }: Scenario,
  returns: (client: Client, cursors: [number, number][], next: (what: string) => Promise<void>) => Promise<unknown>,
): Promise<Outcome> {
  const next = (what: string) => scheduler.schedule(Promise.resolve(), what);
  const bus = new LocalBus({ freeze: true });
  const logs = new Logs(bus, () => next('the message service'));
  const hub = new Hub(bus, new LogSource(bus), new InboxSource(bus));
  chats.forEach((chat, index) => {
    logs.add(chat, user);
    for (let count = 0; count < (before[index] ?? 0); count++) logs.send(chat);
  });
  const cursors = chats.map((chat, index): [number, number] => [
    chat,
    1 + Math.floor((had[index] ?? 0) * (before[index] ?? 0)),
  ]);
  const client = new Client(hub, user);
  const returned = client.enter().then(() => returns(client, cursors, next));
  const sent = (async () => {
    for (const { chat, fate } of sends) {
      await next('a send');
      logs.send(chat, fate);
    }
    logs.release();
  })();
  await scheduler.waitFor(Promise.all([returned, sent]));
  const isDone = () => chats.every((chat) => client.seqs(chat).at(-1) === logs.logs.get(chat)?.length);
  for (const chat of chats) logs.send(chat);
  for (let turns = 0; turns < 500 && !isDone(); turns++) {
    await nextTurn();
    if (scheduler.count() > 0) await scheduler.waitIdle();
  }
  client.connection.closed(1000);
  await bus.close();
  return { client, logs, had: new Map(cursors) };
}

/** As a client does that fetches nothing: it drops what it has, and what follows a hole. */
function applied(seqs: readonly number[], had: number): { end: number; holes: number } {
  let end = had;
  let holes = 0;
  for (const seq of seqs) {
    if (seq === end + 1) end = seq;
    else if (seq > end) holes += 1;
  }
  return { end, holes };
}

describe('A client that returns is sent everything after its positions', () => {
  beforeAll(() => configureLogging('error', 'spec'));
  afterAll(() => configureLogging('info', 'spec'));

  it('and nothing ahead of it, if it names them in time, in one frame or in several', async () => {
    const property = fc.asyncProperty(scenarios, async (scenario) => {
      const { client, logs, had } = await play(scenario, async (client, cursors, next) => {
        const resumed = [cursors.slice(0, 2), cursors.slice(2)].map((some) => client.resume(1, some));
        await next('the time to settle');
        client.settle();
        await Promise.all(resumed);
      });
      for (const chat of chats) {
        const { length } = logs.logs.get(chat) ?? [];
        expect(applied(client.seqs(chat), had.get(chat) ?? 0)).toEqual({ end: length, holes: 0 });
      }
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it('and in order, however late it names them', async () => {
    const property = fc.asyncProperty(scenarios, async (scenario) => {
      const { client, logs, had } = await play(scenario, async (client, cursors, next) => {
        const settled = next('the time to settle').then(() => client.settle());
        await next('the positions');
        await client.resume(1, cursors);
        await settled;
      });
      for (const chat of chats) {
        const { length } = logs.logs.get(chat) ?? [];
        expect(applied(client.seqs(chat), had.get(chat) ?? 0).end).toBe(length);
      }
    });
    await fc.assert(property, { numRuns: 200 });
  });
});
