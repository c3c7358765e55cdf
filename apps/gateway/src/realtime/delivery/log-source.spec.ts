import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LocalBus } from '#bus/local-bus.js';
import { logRpc, type LogPage } from '#contracts/log.contract.js';
import { configureLogging } from '#telemetry/logger.js';
import { range } from '#testing/range.js';
import { LogSource } from './log-source.js';

const page: LogPage = { entries: [], has_more: false, last_seq: 0, epoch: 1 };
const roomFor = 8 + 10_000;

describe(LogSource.name, () => {
  let bus: LocalBus;
  let asked: number[];
  let answer: () => void;

  beforeEach(() => {
    configureLogging('silent', 'spec');
    bus = new LocalBus({ freeze: true });
    asked = [];
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const follow = ({ chat_id }: { chat_id: number }) => {
      asked.push(chat_id);
      return answered.then(() => page);
    };
    bus.serve(logRpc.follow, follow, { queue: 'message' });
  });
  afterEach(() => bus.close());

  it('asks eight at a time, and again for what had no room in the line', async () => {
    const source = new LogSource(bus);
    const reads = range(1, roomFor + 2).map((chatId) => source.read(chatId, 0, () => true));
    await new Promise(setImmediate);
    expect(asked).toEqual(range(1, 8));
    answer();
    expect(await Promise.all(reads)).toEqual(reads.map(() => page));
    expect(asked.slice(0, roomFor)).toEqual(range(1, roomFor));
    expect([...asked.slice(roomFor)].sort()).toEqual([roomFor + 1, roomFor + 2]);
  });

  it('asks once for all who come in one turn, and again for who comes later and may have heard of more', async () => {
    const source = new LogSource(bus);
    const read = () => source.read(1, 0, () => true);
    const together = [read(), read()];
    await new Promise(setImmediate);
    expect(asked).toEqual([1]);
    const later = read();
    await new Promise(setImmediate);
    expect(asked).toEqual([1, 1]);
    answer();
    expect(await Promise.all([...together, later])).toEqual([page, page, page]);
  });

  it('does not begin a read that nobody wants any more when its turn comes', async () => {
    const source = new LogSource(bus);
    const running = range(1, 8).map((chatId) => source.read(chatId, 0, () => true));
    let latest = 0;
    // Each resume of a flood makes the ones before it pointless.
    const flood = range(1, 50).map((position) => source.read(9, position, () => latest === 0 || position === latest));
    const shared = [source.read(10, 0, () => latest === 0), source.read(10, 0, () => true)];
    latest = 50;
    await new Promise(setImmediate);
    expect(asked).toEqual(range(1, 8));
    answer();
    const unwanted = range(1, 49).map(() => undefined);
    expect(await Promise.all(flood)).toEqual([...unwanted, page]);
    expect(await Promise.all([...running, ...shared])).toEqual([...range(1, 8), 10, 10].map(() => page));
    expect(asked).toEqual([...range(1, 8), 9, 10]);
  });

  it('stops asking for what had no room once nobody wants it', async () => {
    const source = new LogSource(bus);
    const waiting = range(1, roomFor).map((chatId) => source.read(chatId, 0, () => true));
    let isWanted = true;
    const late = source.read(roomFor + 1, 0, () => isWanted);
    isWanted = false;
    expect(await late).toBeUndefined();
    answer();
    await Promise.all(waiting);
    expect(asked).toHaveLength(roomFor);
  });
});
