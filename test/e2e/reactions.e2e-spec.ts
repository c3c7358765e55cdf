import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { LogPage } from '#contracts/log.contract.js';
import type { Message } from '#contracts/message.contract.js';
import { Person } from './client.js';
import { started, stopClients } from './clients.js';
import { eventually } from '#testing/eventually.js';

let owner: Person;
let others: Person[];
beforeAll(async () => {
  [owner, ...others] = (await Promise.all(
    Array.from({ length: 21 }, (_, index) => Person.register(`reactor${index}`)),
  )) as [Person, ...Person[]];
  await Promise.all(others.map((other) => owner.admit(other)));
});
afterEach(stopClients);

async function posted(...members: Person[]): Promise<Message> {
  const { id } = await owner.createChannel(undefined, { member_ids: members.map((member) => member.id) });
  return owner.ok<Message>('POST', '/api/messages', { chat_id: id, content: 'look' });
}

function react(person: Person, message: Message, emoji: string) {
  return person.call<Message>('POST', `/api/messages/${message.id}/reactions`, { emoji });
}

function takeBack(person: Person, message: Message, emoji: string) {
  return person.call<Message>('DELETE', `/api/messages/${message.id}/reactions/${encodeURIComponent(emoji)}`);
}

async function seqs(chatId: number): Promise<number[]> {
  return (await owner.ok<LogPage>('GET', `/api/chats/${chatId}/log`)).entries.map(({ seq }) => seq);
}

describe('Reactions', () => {
  it.each(['👍', '👩‍👩‍👧‍👦', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', ':+1:', 'a/b%2F?#&', '語'.repeat(64)])('take %s as it is sent', async (emoji) => {
    const message = await posted();
    const added = await react(owner, message, emoji);
    expect([added.status, added.body.reactions]).toEqual([200, [{ emoji, count: 1, user_ids: [owner.id] }]]);
    const removed = await takeBack(owner, message, emoji);
    expect([removed.status, removed.body]).toEqual([200, { ...message, version: message.version + 2 }]);
  });

  it.each(['', '.', '..', 'a b', '\u0000', 'x\ny', '\ud83d', 'x'.repeat(65)])('refuse %j', async (emoji) => {
    const message = await posted();
    expect((await react(owner, message, emoji)).status).toBe(422);
  });

  it('of many people at once are counted exactly, in a dense log, and arrive live', async () => {
    const message = await posted(...others);
    const { of } = await started(owner);
    const answers = await Promise.all(others.map((other) => react(other, message, '🎉')));
    expect(answers.map(({ status }) => status)).toEqual(others.map(() => 200));
    const now = await owner.ok<Message>('GET', `/api/messages/${message.id}`);
    const [reaction] = now.reactions;
    expect(reaction?.count).toBe(others.length);
    expect(reaction?.user_ids.toSorted((a, b) => a - b)).toEqual(others.map(({ id }) => id).sort((a, b) => a - b));
    expect(now.version).toBe(message.seq + others.length);
    expect(await seqs(message.chat_id)).toEqual(Array.from({ length: now.version }, (_, index) => index + 1));
    await eventually(() => of(message.chat_id).length === others.length);
    const entries = of(message.chat_id);
    expect(entries.map(({ type, data }) => [type, 'user_id' in data && data.user_id])).toEqual(
      reaction?.user_ids.map((id) => ['reaction.added', id]),
    );
  });

  it('of one person at once are one', async () => {
    const message = await posted();
    const answers = await Promise.all(Array.from({ length: 20 }, () => react(owner, message, '👀')));
    for (const { body } of answers) expect(body).toEqual(answers[0]?.body);
    expect(answers[0]?.body).toMatchObject({ version: message.seq + 1, reactions: [{ count: 1 }] });
    expect((await seqs(message.chat_id)).at(-1)).toBe(message.seq + 1);
  });

  it('are for members: a stranger and a removed member cannot tell the message from none', async () => {
    const [member, stranger] = others as [Person, Person];
    const message = await posted(member);
    expect((await react(member, message, '👍')).status).toBe(200);
    await owner.ok('DELETE', `/api/chats/${message.chat_id}/members/${member.id}`);
    for (const person of [member, stranger]) {
      expect((await react(person, message, '👍')).status).toBe(404);
      expect((await takeBack(person, message, '👍')).status).toBe(404);
    }
    const now = await owner.ok<Message>('GET', `/api/messages/${message.id}`);
    expect(now.reactions).toEqual([{ emoji: '👍', count: 1, user_ids: [member.id] }]);
  });
});
