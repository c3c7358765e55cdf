import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { reactionRpc } from '#contracts/reaction.contract.js';
import { readConfig } from '#config/config.js';
import { createDataSource, defaultPool } from '#database/data-source.js';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { startHouse, type House } from '#testing/app.js';
import { asUser } from '#testing/caller.js';
import { createChat, serveUsers } from '../../message/src/chat.fixture.js';
import { messageApp } from '../../message/src/message.app.js';
import { messageDataSource } from '../../message/src/message.data-source.js';
import { GenerationRepository } from '../../search/src/engine/generation.repository.js';
import { indexed, person } from '../../search/src/house.fixture.js';
import { searchApp } from '../../search/src/search.app.js';
import { searchDataSource } from '../../search/src/search.data-source.js';
import { IndexStateRepository } from './index-state.repository.js';

let house: House;
let database: Database;
let state: IndexStateRepository;
beforeAll(async () => {
  house = await startHouse({ apps: [messageApp], dataSources: [messageDataSource, searchDataSource] });
  serveUsers(house.bus);
  database = new Database(await createDataSource(house.test.ownerUrl, searchDataSource, defaultPool).initialize());
  state = new IndexStateRepository(database);
});
afterAll(async () => {
  await database.close();
  await house.close();
});

const differences = async () => {
  const piece = await state.compare(1, 1, 0, 0);
  return [piece?.missing, piece?.surplus, piece?.different];
};

it('compares what is indexed as it is now, and leaves out what the index has not read yet', async () => {
  await createChat(house.bus, 1, [1]);
  const { send, edit, delete: remove } = person(house.bus, 1);
  const sent = [];
  for (const text of ['one', 'two', 'three', 'four']) sent.push(await send(1, text));
  const reaction = { message_id: sent[0]!.id, emoji: '👍' };
  await house.bus.call(reactionRpc.add, reaction, { as: asUser(1) });
  const config = readConfig(searchApp.config, { DATABASE_URL: house.test.url('search') });
  const search = await searchApp.start({ config, bus: house.bus, validateReplies: true });
  await indexed(await house.database('message'), await house.database('search'));
  await search.stop();
  expect(await differences()).toEqual([0, 0, 0]);

  await edit(sent[1]!.id, 'two, edited');
  await remove(sent[2]!.id);
  await send(1, 'five');
  expect(await state.compare(1, 1, 0, 0)).toMatchObject({ head: 9, position: 6 });
  expect(await differences()).toEqual([0, 0, 0]);
  await database.query(
    sql('spec.break', `UPDATE search.indexed_messages SET reactions = 7 WHERE content IN ('one', 'two')`),
  );
  expect(await differences()).toEqual([0, 0, 1]);
});

it('counts what a reindex has read, and nothing of chats to which it has not come', async () => {
  const generations = new GenerationRepository(database);
  await generations.complete(1);
  await generations.begin();
  expect(await state.progress(2)).toEqual({ done: 0, all: 9 });
  await database.query(sql('spec.begun', 'INSERT INTO search.positions (generation, chat_id, seq) VALUES (2, 1, 4)'));
  expect(await state.progress(2)).toEqual({ done: 4, all: 9 });
});
