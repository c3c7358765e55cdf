import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { LocalBus } from '#bus/local-bus.js';
import { FechatterError } from '#contracts/error.js';
import type { LogEntry } from '#contracts/log.contract.js';
import { receiptRpc, type DeliveryMark } from '#contracts/receipt.contract.js';
import { configureLogging } from '#telemetry/logger.js';
import { DeliveryMarks } from './delivery-marks.js';
import { EntryFrame, Frame } from '../connection/frame.js';

let bus: LocalBus;
let marks: DeliveryMarks;

beforeAll(() => configureLogging('silent', 'spec'));
afterAll(() => configureLogging('info', 'spec'));

beforeEach(() => {
  bus = new LocalBus({ freeze: true });
  marks = new DeliveryMarks(bus);
});

afterEach(async () => {
  await marks.onApplicationShutdown();
  await bus.close();
});

function frame(chatId: number, seq: number): EntryFrame {
  const data = { actor_id: 1, created_at: '2026-01-01T00:00:00.000Z' };
  const entry: LogEntry = { type: 'chat.deleted', chat_id: chatId, seq, data };
  return new EntryFrame(entry);
}

/** Answers for the message service until `enough` calls have come; the first `refused` of them fail. */
function calls(enough: number, { refused = 0, postponed = [] as DeliveryMark[] } = {}): Promise<DeliveryMark[][]> {
  const heard: DeliveryMark[][] = [];
  return new Promise((resolve) => {
    const answer = async (request: { marks: DeliveryMark[] }) => {
      heard.push([...request.marks].sort((a, b) => a.chat_id - b.chat_id || a.user_id - b.user_id));
      if (heard.length === enough) resolve(heard);
      if (heard.length <= refused) throw new FechatterError('UNAVAILABLE');
      return { postponed: heard.length === 1 ? postponed : [] };
    };
    bus.serve(receiptRpc.deliver, answer, { queue: 'message' });
  });
}

it('tells the highest entry that each user was sent of each chat, once', async () => {
  const told = calls(1);
  for (const seq of [3, 5, 4]) marks.sent(1, frame(7, seq));
  marks.sent(2, frame(7, 3));
  marks.sent(1, frame(8, 1));
  marks.sent(3, new Frame({ type: 'pong', data: { ref: 1 } }));
  marks.onApplicationBootstrap();
  expect(await told).toEqual([
    [
      { user_id: 1, chat_id: 7, seq: 5 },
      { user_id: 2, chat_id: 7, seq: 3 },
      { user_id: 1, chat_id: 8, seq: 1 },
    ],
  ]);
});

it('tells again what could not be told or came back, and nothing else', async () => {
  const mark = { user_id: 1, chat_id: 7, seq: 5 };
  for (const options of [{ refused: 1 }, { postponed: [mark] }]) {
    await marks.onApplicationShutdown();
    await bus.close();
    bus = new LocalBus({ freeze: true });
    marks = new DeliveryMarks(bus);
    const told = calls(2, options);
    marks.sent(1, frame(7, 5));
    marks.onApplicationBootstrap();
    expect(await told).toEqual([[mark], [mark]]);
  }
});

it('sends long lists in pieces', async () => {
  const told = calls(3);
  for (let userId = 1; userId <= 2_500; userId += 1) marks.sent(userId, frame(7, 1));
  marks.onApplicationBootstrap();
  expect((await told).map((piece) => piece.length)).toEqual([1_000, 1_000, 500]);
});

it('tells what was sent at last when the gateway stops, and stops also when nobody hears it', async () => {
  const told = calls(1);
  marks.sent(1, frame(7, 5));
  await marks.onApplicationShutdown();
  expect(await told).toEqual([[{ user_id: 1, chat_id: 7, seq: 5 }]]);
  bus.serve(receiptRpc.deliver, () => Promise.reject(new FechatterError('UNAVAILABLE')), { queue: 'message' });
  marks.sent(1, frame(7, 6));
  await marks.onApplicationShutdown();
});
