import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { LocalBus } from '#bus/local-bus.js';
import { logRpc, type LogEntry } from '#contracts/log.contract.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { range } from '#testing/range.js';
import { find, messageOf, openPostgresEngine, store, type OpenEngine } from '../engine/engine.fixture.js';
import { noEffects } from '../engine/effects.js';
import type { Engine } from '../engine/engine.js';
import { CatchUp } from './catch-up.js';
import { ChatQueue } from './chat-queue.js';
import { Pace } from './pace.js';
import { ReaderService } from './reader.service.js';

let opened: OpenEngine;
const bus = new LocalBus({ freeze: true });
/** The logs of the message service, by chat. */
const logs = new Map<number, readonly LogEntry[]>();

beforeAll(async () => {
  opened = await openPostgresEngine();
  bus.serve(
    logRpc.follow,
    async ({ chat_id, after, limit }) => {
      const log = logs.get(chat_id) ?? [];
      const entries = log.slice(after, after + limit);
      return { entries, has_more: after + entries.length < log.length, last_seq: log.length, epoch: 1 };
    },
    { queue: 'message' },
  );
});
afterAll(async () => {
  await bus.close();
  await opened.close();
});

const idlePace = () => new Pace({ isHigh: false, watch: () => () => undefined });
const catchUpOf = (engine: Engine) => new CatchUp(bus, engine, idlePace());

const created = (chat_id: number, seq: number, content: string): LogEntry => ({
  ...{ type: 'message.created', chat_id, seq },
  data: { message: messageOf(content, { chat_id, seq, version: seq }) },
});

const written = (chatId: number) => range(1, 20).map((seq) => created(chatId, seq, `number ${seq}`));

const found = async (chatId: number) => (await find(opened.engine, { kind: 'all', of: [] }, [chatId])).length;

/** Purges when it is let. */
function heldBack(engine: Engine) {
  const [asked, allowed] = [gate(), gate()];
  const held = Object.assign(Object.create(engine) as Engine, {
    purge: async (...args: Parameters<Engine['purge']>) => {
      asked.open();
      await allowed.opened;
      return engine.purge(...args);
    },
  });
  return { held, asked: asked.opened, allow: allowed.open };
}

it('leaves alone what another replica has indexed anew of a log that came shorter out of a backup', async () => {
  const chatId = 1;
  await store(opened.engine, 1, messageOf('from the future', { chat_id: chatId }));
  await opened.engine.apply(1, [{ chatId, old: 1, seq: 1_000, effects: noEffects }]);
  logs.set(chatId, written(chatId));
  const { held, asked, allow } = heldBack(opened.other);
  const late = catchUpOf(held).run(1, chatId, 20);
  await asked;
  await catchUpOf(opened.engine).run(1, chatId, 20);
  expect(await found(chatId)).toBe(20);
  allow();
  await late;
  expect(await found(chatId)).toBe(20);
});

it('leaves alone what another replica has indexed of a chat that is not deleted any more', async () => {
  const chatId = 2;
  await store(opened.engine, 1, messageOf('before the end', { chat_id: chatId }));
  const end: LogEntry = {
    ...{ type: 'chat.deleted', chat_id: chatId, seq: 2 },
    data: { actor_id: 1, created_at: new Date(0).toISOString() },
  };
  logs.set(chatId, [created(chatId, 1, 'first'), end]);
  const { held, asked, allow } = heldBack(opened.other);
  const late = catchUpOf(held).run(1, chatId, 20);
  await asked;
  // Out of a backup, in which the chat was not deleted yet.
  logs.set(chatId, written(chatId));
  await catchUpOf(opened.engine).run(1, chatId, 20);
  expect(await found(chatId)).toBe(20);
  allow();
  await late;
  expect(await found(chatId)).toBe(20);
});

it('lets nobody wait for the end of a long log', async () => {
  const [long, short] = [3, 4];
  const length = 100_000;
  logs.set(
    long,
    range(1, length).map((seq): LogEntry => {
      const data = { message_id: 1, user_id: 1, actor_id: 1, created_at: new Date(0).toISOString() };
      return { type: 'message.unpinned', chat_id: long, seq, data };
    }),
  );
  await store(opened.engine, 1, messageOf('already there', { chat_id: short }));
  const queue = new ChatQueue();
  const reader = new ReaderService(bus, queue, opened.engine, idlePace());
  reader.onApplicationBootstrap();
  try {
    queue.find(long);
    await eventually(async () => ((await opened.engine.begin(1, long)) ?? 0) > 0);
    queue.push(short, [created(short, 2, 'has just come')]);
    await eventually(async () => (await found(short)) === 2);
    expect(await opened.engine.begin(1, long)).toBeLessThan(length);
  } finally {
    await reader.beforeApplicationShutdown();
  }
});

it('gathers what is new while messages follow each other closely', async () => {
  const [chat, pieces] = [5, 20];
  await store(opened.engine, 1, messageOf('already there', { chat_id: chat }));
  const queue = new ChatQueue();
  const reader = new ReaderService(bus, queue, opened.engine, idlePace());
  reader.onApplicationBootstrap();
  try {
    const since = performance.now();
    for (const seq of range(2, 1 + pieces)) {
      queue.push(chat, [created(chat, seq, `number ${seq}`)]);
      await eventually(async () => (await found(chat)) === seq);
    }
    // Five at once and five more a second; each of the others has waited for a tenth of a second.
    const seconds = (performance.now() - since) / 1_000;
    expect(seconds).toBeGreaterThan((pieces - 5 - 5 * seconds) * 0.099);
  } finally {
    await reader.beforeApplicationShutdown();
  }
});
