import { setTimeout as pause } from 'node:timers/promises';
import { LocalBus } from '#bus/local-bus.js';
import { readConfig } from '#config/config.js';
import { messageRpc } from '#contracts/message.contract.js';
import { userRpc } from '#contracts/user.contract.js';
import { configureLogging } from '#telemetry/logger.js';
import { asUser } from '#testing/caller.js';
import { messageApp } from '../../apps/message/src/message.app.js';
import { messageText } from '../load/message-text.js';
import type { Figure, Setting } from './bench.js';
import { compare, takeTurns, type Side } from './rounds.js';
import { makeChats, withStore, type Store } from './store.js';

/** As many as are warmed. */
const chats = 200;
const messages = 60;
const warmMs = 2_000;

/** The first read of each popular chat after a start of the message service, with and without warming. */
export async function warming(setting: Setting): Promise<Figure[]> {
  configureLogging('silent', 'bench');
  return withStore(async (store) => {
    await makeChats(store.admin, chats + 1);
    setting.say('making messages');
    await whileItRuns(store, fill);
    await store.admin.query('CREATE TABLE public.popular AS TABLE message.chat_activity');
    const side = (name: string, popular: string): Side => ({
      name,
      measure: async () => {
        await store.admin.query('DELETE FROM message.chat_activity');
        await store.admin.query(popular);
        return { perSecond: await whileItRuns(store, firstReads) };
      },
    });
    const rounds = await takeTurns(setting, 'first reads', [
      side('warmed', 'INSERT INTO message.chat_activity TABLE public.popular'),
      // Whoever knows no popular chat warms none.
      side('not warmed', 'SELECT'),
    ]);
    const unit = 'first reads/s';
    return [{ name: 'latest pages after a start, warmed', unit, ...compare(rounds, 'warmed', 'not warmed') }];
  });
}

async function whileItRuns<Result>({ serviceUrl }: Store, work: (bus: LocalBus) => Promise<Result>): Promise<Result> {
  const bus = new LocalBus({ freeze: false });
  const users = (ids: readonly number[]) => ids.map((id) => ({ id, username: `user${id}`, avatar_url: null }));
  bus.serve(userRpc.getMany, async ({ ids }) => ({ users: users(ids) }));
  const config = readConfig(messageApp.config, { DATABASE_URL: serviceUrl, MESSAGE_SOLE_WRITER: 'true' });
  const app = await messageApp.start({ config, bus, validateReplies: false });
  try {
    return await work(bus);
  } finally {
    await app.stop();
    await bus.close();
  }
}

async function fill(bus: LocalBus): Promise<void> {
  for (let chat_id = 1; chat_id <= chats + 1; chat_id++) {
    const batch = Array.from({ length: messages }, (_, number) => ({ chat_id, content: messageText(number) }));
    await bus.call(messageRpc.sendBatch, { messages: batch }, { as: asUser(1) });
  }
}

async function firstReads(bus: LocalBus): Promise<number> {
  await pause(warmMs);
  const read = (chat_id: number) => bus.relay(messageRpc.list, { chat_id, limit: 50 }, { as: asUser(1) });
  // What a process does for the first time is slow, whatever is warm.
  for (let count = 0; count < 300; count++) await read(chats + 1);
  const started = performance.now();
  for (let chatId = 1; chatId <= chats; chatId++) await read(chatId);
  return (1_000 * chats) / (performance.now() - started);
}
