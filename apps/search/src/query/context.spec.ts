import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { maxPageBytes } from '#bus/page-size.js';
import { importRpc } from '#contracts/import.contract.js';
import { userRpc } from '#contracts/user.contract.js';
import { startHouse, type House } from '#testing/app.js';
import { asService } from '#testing/caller.js';
import { range } from '#testing/range.js';
import { createChat, workspaceId } from '../../../message/src/chat.fixture.js';
import { messageApp } from '../../../message/src/message.app.js';
import { messageDataSource } from '../../../message/src/message.data-source.js';
import { indexed, person, serveChats } from '../house.fixture.js';
import { searchApp } from '../search.app.js';
import { searchDataSource } from '../search.data-source.js';

let house: House;
let nextChat = 1;

beforeAll(async () => {
  house = await startHouse({ apps: [messageApp, searchApp], dataSources: [messageDataSource, searchDataSource] });
  const users = async (request: unknown) => {
    const { ids } = userRpc.getMany.request.parse(request);
    return { users: ids.map((id) => ({ id, username: `user${id}`, avatar_url: null })) };
  };
  house.bus.serve(userRpc.getMany, users, { queue: 'auth' });
  serveChats(house.bus);
});

afterAll(() => house.close());

/** A chat of user 1 in which senders 1, 2, … each have said one of these texts. */
async function chatOf(texts: readonly string[]): Promise<number> {
  const chat_id = nextChat++;
  await createChat(house.bus, chat_id, [1]);
  const said = { created_at: '2020-01-01T00:00:00.000Z', import_id: null };
  const messages = texts.map((content, index) => ({ ...said, sender_id: index + 1, content }));
  const request = { chat_id, workspace_id: workspaceId, importer_id: 1 };
  const some = texts[0]!.length > 100 ? 4 : 500;
  for (let first = 0; first < messages.length; first += some) {
    const part = { ...request, messages: messages.slice(first, first + some) };
    await house.bus.call(importRpc.messages, part, { as: asService('chat') });
  }
  await indexed(await house.database('message'), await house.database('search'));
  return chat_id;
}

it('names the senders of a hundred results with all their neighbours', async () => {
  const chatId = await chatOf(range(1, 1_100).map((n) => (n % 11 === 6 ? 'needle' : 'hay')));
  const more = { filters: { chat_ids: [chatId] }, limit: 100, context: 5 };
  const { results } = await person(house.bus, 1).search('needle', more);
  const shown = results.flatMap((result) => [result, ...(result.context ?? [])]);
  expect(shown.map(({ sender }) => sender.id).toSorted((a, b) => a - b)).toEqual(range(1, 1_100));
  expect(shown.map(({ sender }) => sender.username)).toContain('user1100');
});

it('shortens neighbours, and fits results with theirs into what the bus carries', async () => {
  const long = '\u0001'.repeat(16_384);
  const neighbours = Array.from({ length: 5 }, () => long);
  const chatId = await chatOf([...neighbours, `needle${long.slice(6)}`, ...neighbours, 'needle']);
  const more = { filters: { chat_ids: [chatId] }, context: 5, sort: 'recent' as const };
  const page = await person(house.bus, 1).search('needle', more);
  expect(page.results).toHaveLength(2);
  expect(page.results[1]?.context?.map(({ content }) => content)).toEqual([
    ...neighbours.map(() => long.slice(0, 1_000)),
    ...neighbours.map(() => long.slice(0, 1_000)),
  ]);
  expect(page.results[1]?.content).toHaveLength(16_384);
  expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(maxPageBytes + 1_000);
});

it('goes on behind the last result that had room', async () => {
  const chatId = await chatOf(range(1, 10).map((n) => `${n} needle${'\u0001'.repeat(16_000)}`));
  const more = { filters: { chat_ids: [chatId] }, context: 5, sort: 'recent' as const };
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await person(house.bus, 1).search('needle', { ...more, ...(cursor === undefined ? {} : { cursor }) });
    expect(page.results.length).toBeLessThan(10);
    seen.push(...page.results.map(({ content }) => content.split(' ')[0]!));
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual(range(1, 10).map(String).toReversed());
});
