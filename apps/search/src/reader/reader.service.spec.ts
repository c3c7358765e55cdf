import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { startHouse, type House } from '#testing/app.js';
import { createChat, handOver, serveUsers } from '../../../message/src/chat.fixture.js';
import { messageApp } from '../../../message/src/message.app.js';
import { messageDataSource } from '../../../message/src/message.data-source.js';
import { indexed, person } from '../house.fixture.js';
import { searchApp } from '../search.app.js';
import { searchDataSource } from '../search.data-source.js';

const messages = sql(
  'spec.messages',
  `SELECT m.chat_id, m.id AS message_id, m.seq, m.version, m.sender_id, m.created_at, m.content
   FROM message.messages m JOIN message.chat_heads h ON h.chat_id = m.chat_id AND NOT h.is_deleted
   WHERE m.deleted_at IS NULL ORDER BY m.id`,
);
const documents = sql(
  'spec.documents',
  'SELECT chat_id, message_id, seq, version, sender_id, created_at, content FROM search.indexed_messages ORDER BY message_id',
);

let house: House;
let message: Database;
let search: Database;

/** Every message that was not deleted is a document as it is now, and nothing else is. */
async function expectConverged(): Promise<void> {
  await indexed(message, search);
  expect(await search.query(documents)).toEqual(await message.query(messages));
}

/** Sends, edits and deletes in all the chats at once. */
async function chatter(chatIds: readonly number[], rounds: number): Promise<void> {
  const { send, edit, delete: remove } = person(house.bus, 1);
  await Promise.all(
    chatIds.map(async (chatId) => {
      for (let round = 0; round < rounds; round += 1) {
        const [a, b] = await Promise.all([send(chatId, `a ${round}`), send(chatId, `b ${round}`)]);
        if (round % 3 === 0) await edit(a.id, `edited ${round}`);
        if (round % 4 === 0) await remove(b.id);
      }
    }),
  );
}

beforeAll(async () => {
  // Two readers of one index, as two replicas are.
  house = await startHouse({
    apps: [messageApp, searchApp, searchApp],
    dataSources: [messageDataSource, searchDataSource],
  });
  serveUsers(house.bus);
  [message, search] = [await house.database('message'), await house.database('search')];
});

afterAll(() => house.close());

describe('the readers of the logs', () => {
  it('make of every message one document, however many of them read', async () => {
    for (const chatId of [1, 2, 3]) await createChat(house.bus, chatId, [1]);
    await chatter([1, 2, 3], 40);
    await expectConverged();
  });

  it('find by comparison what no event has told them', async () => {
    const publish = jest.spyOn(house.bus, 'publish').mockImplementation(() => undefined);
    try {
      await createChat(house.bus, 4, [1]);
      await chatter([1, 4], 10);
      await expectConverged();
      expect(publish).toHaveBeenCalled();
    } finally {
      publish.mockRestore();
    }
  });

  it('fetch what is missing when every second event is lost', async () => {
    const real = house.bus.publish.bind(house.bus);
    let nth = 0;
    const publish = jest.spyOn(house.bus, 'publish').mockImplementation((...event) => {
      if ((nth += 1) % 2 === 0) real(...event);
    });
    try {
      await chatter([1, 2, 3, 4], 15);
      await expectConverged();
    } finally {
      publish.mockRestore();
    }
  });

  it('forget a chat that was deleted', async () => {
    await createChat(house.bus, 5, [1]);
    await chatter([5], 5);
    await handOver(house.bus, 5, 2, { type: 'chat.deleted' });
    await expectConverged();
    const left = sql('spec.left', 'SELECT FROM search.indexed_messages WHERE chat_id = 5');
    expect(await search.query(left)).toEqual([]);
  });

  it('index a chat anew whose log came shorter out of a backup', async () => {
    await search.query(sql('spec.ahead', 'UPDATE search.positions SET seq = seq + 1000 WHERE chat_id = 1'));
    await search.query(
      sql('spec.foreign', `UPDATE search.indexed_messages SET content = 'from the future' WHERE chat_id = 1`),
    );
    await chatter([1], 2);
    await expectConverged();
  });
});
