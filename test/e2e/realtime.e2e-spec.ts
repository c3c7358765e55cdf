import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { LogEntry } from '#contracts/log.contract.js';
import type { Message } from '#contracts/message.contract.js';
import { http, Person, serverUrl, socketUrl } from './client.js';
import { started, stopClients } from './clients.js';
import { eventually } from '#testing/eventually.js';
import { Socket, type Frame } from './socket.js';

let owner: Person;
let other: Person;
beforeAll(async () => {
  [owner, other] = await Promise.all([Person.register('owner'), Person.register('other')]);
  await owner.admit(other);
});
afterEach(stopClients);

function send(person: Person, chatId: number, content: string): Promise<Message> {
  return person.ok<Message>('POST', '/api/messages', { chat_id: chatId, content });
}

function heads(ready: Frame): Record<string, number> {
  return ready.data.heads as Record<string, number>;
}

function types(entries: readonly LogEntry[]): string[] {
  return entries.map(({ type }) => type);
}

describe('A live connection', () => {
  it('receives what happens in its chats, in order and once', async () => {
    const { id } = await owner.createChannel(undefined, { member_ids: [other.id] });
    const { of, seqs } = await started(other);
    const first = await send(owner, id, 'one');
    await owner.ok('PUT', `/api/messages/${first.id}`, { content: 'one, edited' });
    await owner.ok('DELETE', `/api/messages/${first.id}`);
    await Promise.all(Array.from({ length: 50 }, (_, index) => send(owner, id, `crowd ${index}`)));
    await eventually(() => of(id).length >= 53);
    expect(types(of(id)).slice(0, 3)).toEqual(['message.created', 'message.updated', 'message.deleted']);
    expect(seqs(id)).toEqual(of(id).map((_, index) => first.seq + index));
  });

  it('sends, is answered, and repeats safely', async () => {
    const { client } = await started(owner);
    const message = { chat_id: owner.generalId, content: 'from a client', idempotency_key: `k-${Date.now()}` };
    expect(await client.send(message)).toEqual(await client.send(message));
    await expect(client.send({ chat_id: 999_999_999, content: 'nowhere' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('tells of a chat that one is added to, and nothing after one is removed', async () => {
    const { client, of, seqs } = await started(other);
    const left: number[] = [];
    client.on('left', ({ chat_id }) => left.push(chat_id));
    const { id } = await owner.createChannel(undefined, { is_private: true });
    await send(owner, id, 'before');
    await owner.ok('POST', `/api/chats/${id}/members`, { user_ids: [other.id] });
    await send(owner, id, 'while');
    await eventually(() => types(of(id)).includes('message.created'));
    await Promise.all([
      ...Array.from({ length: 10 }, (_, index) => send(owner, id, `burst ${index}`)),
      owner.ok('DELETE', `/api/chats/${id}/members/${other.id}`),
      ...Array.from({ length: 10 }, (_, index) => send(owner, id, `burst ${10 + index}`)),
    ]);
    await send(owner, id, 'after');
    await eventually(() => left.includes(id));
    // What comes later in a chat of theirs proves that nothing of this one is still on its way.
    const mark = await send(owner, owner.generalId, 'a mark');
    await eventually(() => seqs(owner.generalId).includes(mark.seq));
    const entries = of(id);
    expect([entries[0]?.type, entries.at(-1)?.type]).toEqual(['member.added', 'member.removed']);
    expect(seqs(id)).toEqual(entries.map((_, index) => (entries[0]?.seq as number) + index));
    expect(JSON.stringify(entries)).not.toContain('"before"');
    // None of it was to be dropped or looked for.
    expect(client.counters).toMatchObject({ duplicates: 0, fetched: 0, received: client.counters.applied });
  });

  it('hears who comes and goes in its small chats, on whichever gateway they are, without asking', async () => {
    const [here, there] = await Promise.all([Person.register('here'), Person.register('there')]);
    await here.admit(there);
    const listening = await Socket.connect(here.login.token, serverUrl);
    const coming = await Socket.connect(there.login.token, socketUrl);
    const hears = (status: string) =>
      listening.next(
        ({ type, data }) => type === 'presence.update' && data.user_id === there.id && data.status === status,
      );
    await hears('online');
    await coming.close();
    await hears('offline');
    await listening.close();
  });
});

describe('A connection that was away', () => {
  it('resumes exactly where it was: sends, edits, deletions and members included', async () => {
    const { id } = await owner.createChannel(undefined, { member_ids: [other.id] });
    const { client, of, seqs } = await started(other);
    const first = await send(owner, id, 'seen');
    await eventually(() => of(id).length === 1);
    client.stop();

    await owner.ok('PUT', `/api/messages/${first.id}`, { content: 'edited meanwhile' });
    const second = await send(owner, id, 'missed');
    await owner.ok('DELETE', `/api/messages/${second.id}`);
    await owner.ok('PUT', `/api/chats/${id}`, { description: 'changed meanwhile' });

    client.start();
    const live = await send(owner, id, 'live');
    await eventually(() => seqs(id).includes(live.seq));
    expect(seqs(id)).toEqual([0, 1, 2, 3, 4, 5].map((step) => first.seq + step));
    expect(types(of(id)).slice(1)).toEqual([
      'message.updated',
      'message.created',
      'message.deleted',
      'chat.updated',
      'message.created',
    ]);
    // All of it came over the connection.
    expect(client.counters.fetched).toBe(0);
  });

  it('is told of a gap when it missed too much, comes from the future or from another epoch', async () => {
    const { id } = await owner.createChannel(undefined, { member_ids: [other.id] });
    for (let round = 0; round < 5; round++)
      await Promise.all(Array.from({ length: 45 }, (_, index) => send(owner, id, `n ${index}`)));
    const socket = await Socket.connect(other.login.token);
    const ready = socket.frames[0] as Frame;
    for (const resume of [
      { epoch: ready.data.epoch, cursors: { [id]: 1 } },
      { epoch: ready.data.epoch, cursors: { [id]: 1_000_000 } },
      { epoch: 1, cursors: { [id]: heads(ready)[id] } },
    ]) {
      const known = socket.frames.length;
      socket.send({ type: 'resume', ...resume });
      await socket.until(() => socket.frames.slice(known).some(({ type }) => type === 'gap'));
    }
    const live = await send(owner, id, 'still live');
    await socket.next(({ chat_id, seq }) => chat_id === id && seq === live.seq);
    await socket.close();
  });

  it("cannot resume another's chat", async () => {
    const hidden = await owner.createChannel(undefined, { is_private: true });
    await send(owner, hidden.id, 'a secret');
    const socket = await Socket.connect(other.login.token);
    const epoch = socket.frames[0]?.data.epoch;
    socket.send({ type: 'resume', ref: 'r', epoch, cursors: { [hidden.id]: 0 } });
    socket.send({ type: 'ping', ref: 'p' });
    await socket.next(({ type, data }) => type === 'pong' && data.ref === 'p');
    expect(JSON.stringify(socket.frames)).not.toContain('a secret');
    expect(socket.entries(hidden.id)).toEqual([]);
    await socket.close();
  });
});

describe('What a connection may not do', () => {
  it('is answered with the close code of the contract', async () => {
    const unsigned = await Socket.open();
    unsigned.send({ type: 'auth', token: 'nonsense' });
    expect((await unsigned.untilClosed()).code).toBe(4001);
    const silent = await Socket.open();
    expect((await silent.untilClosed(8_000)).code).toBe(4001);
    for (const spoil of [
      (socket: Socket) => socket.send('{"type":'),
      (socket: Socket) => socket.sendBinary(Buffer.from([1, 2, 3])),
    ]) {
      const socket = await Socket.connect(other.login.token);
      spoil(socket);
      expect((await socket.untilClosed()).code).toBe(4009);
    }
    const large = await Socket.connect(other.login.token);
    large.send({ type: 'send', chat_id: 1, content: 'x'.repeat(140 * 1024) });
    expect((await large.untilClosed()).code).toBe(1009);
  });

  it('is an error with the reference when only the frame is wrong', async () => {
    const socket = await Socket.connect(other.login.token);
    socket.send({ type: 'send', ref: 7, chat_id: 'one', content: 1, nobody_knows_this: true });
    const error = await socket.next(({ type, data }) => type === 'error' && data.ref === 7);
    expect(error.data.error).toMatchObject({ code: 'VALIDATION_ERROR' });
    expect(socket.closed).toBeUndefined();
    await socket.close();
  });

  it('is to come from the page of a stranger', async () => {
    // One that is let in is closed as well, when it does not sign in.
    expect((await Socket.open('', { origin: 'https://evil.example' })).refused).toBe(403);
    const own = await Socket.open();
    expect(own.refused).toBeUndefined();
    await own.close();
  });
});

describe('Server-sent events', () => {
  it('need a token or a ticket', async () => {
    expect((await http('GET', '/api/events')).status).toBe(401);
  });
});
