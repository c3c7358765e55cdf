import { describe, expect, it } from '@jest/globals';
import type { Message, MessagePage } from '#contracts/message.contract.js';
import { Person } from './client.js';
import { Socket } from './socket.js';

describe('A new user', () => {
  it('registers, sends at once, reads it back and receives it live', async () => {
    const person = await Person.register('newcomer');
    const socket = await Socket.connect(person.login.token);

    const sent = await person.call<Message>('POST', '/api/messages', { chat_id: person.generalId, content: 'Hello' });
    expect(sent.status).toBe(201);
    expect(sent.body).toMatchObject({ chat_id: person.generalId, content: 'Hello', sender_id: person.id, ordinal: 1 });

    const frame = await socket.next(({ type }) => type === 'message.created');
    expect(frame).toEqual({
      type: 'message.created',
      chat_id: person.generalId,
      seq: sent.body.seq,
      data: { message: sent.body },
    });

    const page = await person.ok<MessagePage>('GET', `/api/messages?chat_id=${person.generalId}`);
    expect(page.messages).toEqual([sent.body]);
    await socket.close();
  });
});
