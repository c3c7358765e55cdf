import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { messageRpc } from '#contracts/message.contract.js';
import { pinRpc } from '#contracts/pin.contract.js';
import { sql } from '#database/statement.js';
import { asUser } from '#testing/caller.js';
import { upTo } from '#testing/range.js';
import { serveUsers } from '../chat.fixture.js';
import { SendHouse } from './send.fixture.js';

/** More than the pool has. */
const many = 50;
const closePins = sql('spec.close_pins', 'LOCK TABLE message.pins IN ACCESS EXCLUSIVE MODE');
const readers = sql(
  'spec.readers',
  `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'SELECT head.as_of_seq%'`,
);
/** Of the pool of ten three are for flushes. */
const mostReaders = 7;

let house: SendHouse;
beforeAll(async () => {
  house = await SendHouse.start();
  serveUsers(house.house.bus);
}, 60_000);
afterAll(() => house.house.close());

const send = (chatId: number) =>
  house.house.bus.call(messageRpc.send, { chat_id: chatId, content: 'on' }, { as: asUser(1) });
const pins = (chatId: number) =>
  house.house.bus.call(pinRpc.list, { chat_id: chatId }, { as: asUser(1), timeoutMs: 20_000 });

describe('The connections of the message service', () => {
  it('let sends through while reads hold all that they may have', async () => {
    const chatId = await house.chat(1);
    let reads: Promise<unknown[]> | undefined;
    await house.database.transaction(async (transaction) => {
      await transaction.query(closePins);
      reads = Promise.all(upTo(many).map(() => pins(chatId)));
      while ((await house.database.query(readers)).length < mostReaders) await new Promise(setImmediate);
      for (let count = 0; count < 5; count++) expect((await send(chatId)).seq).toBe(2 + count);
      expect(await house.database.query(readers)).toHaveLength(mostReaders);
    });
    expect(await reads).toHaveLength(many);
  });

  it('let reads through while sends wait for locks in as many chats as they may', async () => {
    const chats: number[] = [];
    while (chats.length < 6) chats.push(await house.chat(1));
    const open = await house.chat(1);
    let sends: Promise<unknown[]> | undefined;
    const locked = chats.reduce(
      (work, chatId) => () => house.throughoutLocked(chatId, work),
      async () => {
        sends = Promise.all(chats.map(send));
        await house.untilSomebodyWaits();
        expect((await pins(open)).pins).toEqual([]);
        expect((await send(open)).seq).toBe(2);
      },
    );
    await locked();
    expect(await sends).toHaveLength(chats.length);
  });
});
