import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Person } from './client.js';

/** Usernames are unique on the whole server: each ends with this. */
const tag = randomUUID().slice(0, 8).replaceAll('-', '');
const usernames = {
  katherine: `Katherine.${tag}`,
  kathy: `kathy_${tag}`,
  sign: `100%_${tag}`,
  emoji: `😀smile-${tag}`,
  long: `${'n'.repeat(64 - tag.length)}${tag}`,
} as const;
const channels = ['design', 'Design reviews', 'web-design', 'redesign', '100%_done', '😀 fun', 'n'.repeat(80)];

let owner: Person;
let stranger: Person;
let guest: Person;

async function rename(person: Person, username: string): Promise<void> {
  await person.ok('PUT', '/api/users/me', { username });
}

beforeAll(async () => {
  [owner, stranger, guest] = await Promise.all([
    Person.register('seeker'),
    Person.register('stranger'),
    Person.register('guest'),
  ]);
  await rename(stranger, `katherina.${tag}`);
  for (const username of Object.values(usernames)) {
    const person = await Person.register();
    await rename(person, username);
    await owner.admit(person);
  }
  await owner.admit(guest, 'guest');
  for (const name of channels) await owner.createChannel(name);
}, 60_000);

async function users(q: string, person = owner): Promise<string[]> {
  const path = `/api/search/users?q=${encodeURIComponent(q)}&workspace_id=${owner.workspaceId}`;
  const page = await person.ok<{ users: { username: string }[]; has_more: boolean }>('GET', path);
  return page.users.map(({ username }) => username);
}

async function chats(q: string, person = owner): Promise<string[]> {
  const path = `/api/search/chats?q=${encodeURIComponent(q)}&workspace_id=${owner.workspaceId}`;
  return (await person.ok<{ chats: { name: string }[] }>('GET', path)).chats.map(({ name }) => name);
}

describe('Finding people by name', () => {
  it.each([
    ['beginnings, the shorter first', 'kath', [usernames.kathy, usernames.katherine]],
    ['one letter, at the beginning', 'K', [usernames.kathy, usernames.katherine]],
    ['what is mistyped', 'catherine', [usernames.katherine]],
    ['what is inside', 'smile', [usernames.emoji]],
    ['an emoji', '😀', [usernames.emoji]],
    ['signs of LIKE as themselves', '100%_', [usernames.sign]],
    ['nothing for a sign of LIKE', '%', []],
    ['nothing for many of them', '%%__%%', []],
    ['64 letters', usernames.long, [usernames.long]],
  ])('finds %s', async (_what, q, expected) => {
    expect((await users(q)).slice(0, Math.max(1, expected.length))).toEqual(expected);
  });

  it('finds everybody by a part of the name that all have, words first', async () => {
    const found = await users(tag);
    expect([...found].sort()).toEqual(Object.values(usernames).sort());
    expect(found.at(-1)).toBe(usernames.long);
  });

  it('finds nobody of other workspaces, and for guests only those with whom they share a chat', async () => {
    expect(await users(`katherina.${tag}`)).not.toContain(`katherina.${tag}`);
    expect(await stranger.call('GET', `/api/search/users?q=k&workspace_id=${owner.workspaceId}`)).toMatchObject({
      status: 404,
    });
    expect(await users('kath', guest)).toEqual([]);
    await owner.createChannel(`with-${tag}`, { member_ids: [guest.id] });
    expect(await users(owner.login.user.username, guest)).toEqual([owner.login.user.username]);
    expect(await users('kath', guest)).toEqual([]);
  });

  it('refuses what is no text to look for', async () => {
    for (const q of ['', 'x'.repeat(65), '\u0000'])
      expect(await owner.call('GET', `/api/search/users?q=${encodeURIComponent(q)}`)).toMatchObject({ status: 422 });
  });
});

describe('Finding chats by name', () => {
  it.each([
    ['equal, beginnings, words, the middle', 'design', ['design', 'Design reviews', 'web-design', 'redesign']],
    ['what is mistyped', 'desing', ['design']],
    ['one letter, at the beginning', 'w', ['web-design']],
    ['signs of LIKE as themselves', '%_d', []],
    ['signs of LIKE inside as themselves', '%_done', ['100%_done']],
    ['an emoji', '😀', ['😀 fun']],
    ['80 letters', 'n'.repeat(80), ['n'.repeat(80)]],
  ])('finds %s', async (_what, q, expected) => {
    expect((await chats(q)).slice(0, Math.max(1, expected.length))).toEqual(expected);
  });

  it('finds none of other workspaces', async () => {
    const path = '/api/search/chats?q=redesign';
    expect(await stranger.ok('GET', path)).toMatchObject({ chats: [] });
    expect(await chats('design', guest)).toEqual([]);
  });
});
