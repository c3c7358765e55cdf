import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chatRpc } from '#contracts/chat.contract.js';
import { startHouse, type House } from '#testing/app.js';
import { messageApp } from '../../../message/src/message.app.js';
import { messageDataSource } from '../../../message/src/message.data-source.js';
import { chatApp } from '../chat.app.js';
import { chatDataSource } from '../chat.data-source.js';
import { Person } from '../chat.fixture.js';

const names = [
  ...['design', 'Design reviews', 'design-system', 'web.design', 'redesign', 'Größe', '100%_done', '100xydone'],
  ...['日本語', '😀 fun', '...', 'x'.repeat(80)],
];

let house: House;
let owner: Person;
let member: Person;
let guest: Person;
let workspaceId: number;
let generalId: number;

beforeAll(async () => {
  house = await startHouse({ apps: [messageApp, chatApp], dataSources: [chatDataSource, messageDataSource] });
  [owner, member, guest] = [new Person(house.bus), new Person(house.bus), new Person(house.bus)];
  ({ workspaceId, generalId } = await owner.createWorkspace());
  await owner.admit(workspaceId, member);
  await owner.admit(workspaceId, guest, 'guest');
  for (const name of names) await owner.createChannel(workspaceId, name);
}, 60_000);
afterAll(() => house.close());

async function found(query: string, person = owner): Promise<string[]> {
  const { chats } = await person.call(chatRpc.search, { query, workspace_id: workspaceId });
  return chats.map(({ name }) => name);
}

describe('Finding chats', () => {
  it.each([
    ['DESIGN', ['design', 'design-system', 'Design reviews', 'web.design', 'redesign']],
    ['d', ['design', 'design-system', 'Design reviews']],
    ['de', ['design', 'design-system', 'Design reviews']],
    ['web', ['web.design']],
    ['GRÖß', ['Größe']],
    ['gro\u0308\u00dfe', ['Größe']],
    ['100%', ['100%_done']],
    ['%_done', ['100%_done']],
    ['%', []],
    ['____', []],
    ['.', ['...']],
    ['😀', ['😀 fun']],
    ['fun', ['😀 fun']],
    ['日本', ['日本語']],
    ['x'.repeat(80), ['x'.repeat(80)]],
  ])('finds for %s, best first, %j', async (query, expected) => {
    expect((await found(query)).slice(0, Math.max(1, expected.length))).toEqual(expected);
  });

  it('finds what is mistyped', async () => {
    expect((await found('desing'))[0]).toBe('design');
    expect((await found('genreal'))[0]).toBe('general');
    expect((await found('reviws'))[0]).toBe('Design reviews');
  });

  it('finds in all workspaces of the caller, and in none of others', async () => {
    const elsewhere = await owner.createWorkspace();
    const stranger = new Person(house.bus);
    const foreign = await stranger.createWorkspace();
    const { chats } = await owner.call(chatRpc.search, { query: 'general' });
    expect(chats.map(({ id }) => id)).toEqual([generalId, elsewhere.generalId]);
    const there = await owner.call(chatRpc.search, { query: 'general', workspace_id: foreign.workspaceId });
    expect(there).toEqual({ chats: [] });
  });

  it('finds nothing private, nothing for guests that they are not in, and nothing deleted', async () => {
    const secret = await owner.createChannel(workspaceId, 'secret plans', { is_private: true });
    expect(await found('secret', member)).toEqual([]);
    expect(await found('secrte plans', member)).toEqual([]);
    expect(await found('design', guest)).toEqual([]);
    await owner.call(chatRpc.addMembers, { chat_id: secret.id, user_ids: [guest.id] });
    expect(await found('plans', guest)).toEqual(['secret plans']);
    await owner.call(chatRpc.delete, { chat_id: secret.id });
    expect(await found('secret', guest)).toEqual([]);
  });
});
