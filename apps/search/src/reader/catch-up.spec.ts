import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { LocalBus } from '#bus/local-bus.js';
import { logRpc, type LogEntry } from '#contracts/log.contract.js';
import { gate } from '#testing/gate.js';
import { range } from '#testing/range.js';
import { find, messageOf, openPostgresEngine, store, type OpenEngine } from '../engine/engine.fixture.js';
import { noEffects } from '../engine/effects.js';
import type { Engine } from '../engine/engine.js';
import { CatchUp } from './catch-up.js';
import { Pace } from './pace.js';

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

const catchUpOf = (engine: Engine) =>
  new CatchUp(bus, engine, new Pace({ isHigh: false, watch: () => () => undefined }));

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
  const late = catchUpOf(held).run(1, chatId);
  await asked;
  await catchUpOf(opened.engine).run(1, chatId);
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
  const late = catchUpOf(held).run(1, chatId);
  await asked;
  // Out of a backup, in which the chat was not deleted yet.
  logs.set(chatId, written(chatId));
  await catchUpOf(opened.engine).run(1, chatId);
  expect(await found(chatId)).toBe(20);
  allow();
  await late;
  expect(await found(chatId)).toBe(20);
});
