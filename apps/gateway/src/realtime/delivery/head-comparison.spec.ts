import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LocalBus } from '#bus/local-bus.js';
import { logRpc } from '#contracts/log.contract.js';
import { configureLogging } from '#telemetry/logger.js';
import { eventually } from '#testing/eventually.js';
import { HeadComparison } from './head-comparison.js';
import { Hub } from './hub.js';
import { InboxSource } from './inbox-source.js';
import { Client, Logs, nextTurn } from './log.fixture.js';
import { LogSource } from './log-source.js';

let bus: LocalBus;
let logs: Logs;
let comparison: HeadComparison;
let client: Client;

beforeAll(() => configureLogging('error', 'spec'));
afterAll(() => configureLogging('info', 'spec'));

beforeEach(async () => {
  bus = new LocalBus({ freeze: true });
  logs = new Logs(bus);
  const hub = new Hub(bus, new LogSource(bus), new InboxSource(bus));
  comparison = new HeadComparison(bus, hub);
  logs.add(1, 10);
  logs.add(2, 99);
  logs.send(2);
  client = await new Client(hub, 10).open();
});

afterEach(async () => {
  await comparison.beforeApplicationShutdown();
  client.connection.closed(1000);
  await bus.close();
});

/** What was lost stays lost unless somebody compares. */
async function expectNothing(): Promise<void> {
  for (let turns = 0; turns < 50; turns++) await nextTurn();
  expect([client.seqs(1), client.seqs(2)]).toEqual([[], []]);
}

describe('A comparison with the message service', () => {
  it('brings a chat that one was added to, though every event of it was lost', async () => {
    logs.add(2, 10, 'lost');
    logs.send(2, 'lost');
    await expectNothing();
    comparison.onApplicationBootstrap();
    await eventually(() => client.seqs(2).length === 2);
    expect(client.seqs(2)).toEqual([3, 4]);
  });

  it('brings the end of a log whose event was lost, however many other chats are active', async () => {
    logs.headsAtOnce = 2;
    logs.add(3, 10);
    await eventually(() => client.seqs(3).length === 1);
    logs.send(3, 'lost');
    comparison.onApplicationBootstrap();
    await comparison.beforeApplicationShutdown();
    await eventually(() => client.seqs(3).length === 2);
  });

  it('is made so often that half a second of ten is left for the answers, however long a pause is', async () => {
    jest.useFakeTimers({ doNotFake: ['performance', 'setImmediate', 'queueMicrotask', 'nextTick', 'Date'] });
    jest.spyOn(Math, 'random').mockReturnValue(1 - Number.EPSILON);
    try {
      comparison.onApplicationBootstrap();
      await jest.advanceTimersByTimeAsync(1_000);
      logs.send(1, 'lost');
      await expectNothing();
      await jest.advanceTimersByTimeAsync(9_500 - 1_000);
    } finally {
      jest.useRealTimers();
      jest.restoreAllMocks();
    }
    await eventually(() => client.seqs(1).length === 1, 'the lost entry comes', 2_000);
  });

  it('looks at every chat each ten minutes', async () => {
    let sweeps = 0;
    bus.serve(logRpc.allHeads, async () => (sweeps++, { heads: [], has_more: false }), { queue: 'message' });
    const start = Date.now();
    const now = jest.spyOn(Date, 'now');
    try {
      for (let seconds = 0; seconds <= 1_350; seconds += 90) {
        now.mockReturnValue(start + seconds * 1_000);
        comparison.onApplicationBootstrap();
        await comparison.beforeApplicationShutdown();
      }
    } finally {
      now.mockRestore();
    }
    expect(sweeps).toBe(2);
  });

  it('brings the end of a log, and a removal, though their events were lost', async () => {
    logs.send(1, 'lost');
    logs.remove(1, 10, 'lost');
    logs.send(1, 'lost');
    await expectNothing();
    comparison.onApplicationBootstrap();
    await eventually(() => client.seqs(1).length === 2);
    for (let turns = 0; turns < 50; turns++) await nextTurn();
    expect(client.seqs(1)).toEqual([2, 3]);
  });
});
