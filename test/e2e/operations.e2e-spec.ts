import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Message, MessagePage, SentBatch } from '#contracts/message.contract.js';
import { nobody } from '../contract/sample.js';
import { http, Person, type Answer } from './client.js';

interface Results {
  results: { status: number; body: unknown }[];
}

let person: Person;
beforeAll(async () => {
  person = await Person.register('operator');
});

function run(operations: object[]): Promise<Answer<Results>> {
  return person.call<Results>('POST', '/api/batch', { operations });
}

describe('A batch of operations', () => {
  it('does one after the other, each with the status and body that it would have alone', async () => {
    const { id } = await person.createChannel();
    const send = (content: string) => ({ method: 'POST', path: '/api/messages', body: { chat_id: id, content } });
    const messages = ['three', 'four'].map((content) => ({ chat_id: id, content }));
    const { status, body } = await run([
      send('one'),
      { method: 'GET', path: `/api/chats/${nobody}` },
      send(''),
      send('two'),
      { method: 'POST', path: '/api/messages/batch', body: { messages } },
      { method: 'GET', path: `/api/messages?chat_id=${id}&after_seq=0&limit=3` },
    ]);
    expect(status).toBe(200);
    expect(body.results.map((result) => result.status)).toEqual([201, 404, 422, 201, 201, 200]);
    const listed = (body.results[5]?.body as MessagePage).messages;
    expect(listed.map(({ content }) => content)).toEqual(['one', 'two', 'three']);
    expect(body.results[0]?.body).toEqual(listed[0]);
    expect((body.results[4]?.body as SentBatch).messages[0]).toEqual(listed[2]);
    expect(await person.ok<Message>('GET', `/api/messages/${listed[1]?.id}`)).toEqual(body.results[3]?.body);
  });

  it('is for signed-in users, shows nothing that they may not see, and ends with their session', async () => {
    const operations = [{ method: 'GET', path: '/api/users/me' }];
    expect((await http('POST', '/api/batch', { body: { operations } })).status).toBe(401);
    const owner = await Person.register('owner');
    const hidden = await owner.createChannel(`hidden-${randomUUID().slice(0, 8)}`);
    const attempts = await run([
      { method: 'GET', path: `/api/chats/${hidden.id}` },
      { method: 'POST', path: '/api/messages', body: { chat_id: hidden.id, content: 'x' } },
    ]);
    expect(attempts.body.results.map(({ status }) => status)).toEqual([404, 404]);
    const leaving = await owner.call<Results>('POST', '/api/batch', {
      operations: [...operations, { method: 'POST', path: '/api/auth/logout' }],
    });
    expect(leaving.body.results.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('of more than 50, or with one that cannot be part of it, is refused as a whole', async () => {
    const { id } = await person.createChannel();
    const send = { method: 'POST', path: '/api/messages', body: { chat_id: id, content: 'x' } };
    expect((await run(Array.from({ length: 51 }, () => send))).status).toBe(422);
    for (const path of ['/api/batch', '/api/events', '//evil.example/api/users/me', '/api/../metrics']) {
      const answer = await run([send, { method: 'GET', path }]);
      expect({ path, ...answer }).toMatchObject({
        path,
        status: 422,
        body: { error: { details: [{ field: 'operations.1.path' }] } },
      });
    }
    const { messages } = await person.ok<MessagePage>('GET', `/api/messages?chat_id=${id}`);
    expect(messages).toEqual([]);
  });
});
