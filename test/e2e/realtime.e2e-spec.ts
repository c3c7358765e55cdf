import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Message } from '#contracts/message.contract.js';
import { http, Person, serverUrl, socketUrl } from './client.js';
import { Socket, type Frame } from './socket.js';

let owner: Person;
let other: Person;
beforeAll(async () => {
  [owner, other] = await Promise.all([Person.register('owner'), Person.register('other')]);
  await owner.admit(other);
});

function send(person: Person, chatId: number, content: string): Promise<Message> {
  return person.ok<Message>('POST', '/api/messages', { chat_id: chatId, content });
}

function heads(ready: Frame): Record<string, number> {
  return ready.data.heads as Record<string, number>;
}

function seqs(frames: Frame[]): number[] {
  return frames.map(({ seq }) => seq as number);
}

describe('A live connection', () => {
  it('receives what happens in its chats, in order and once', async () => {
    const { id } = await owner.createChannel(undefined, { member_ids: [other.id] });
    const socket = await Socket.connect(other.login.token);
    const first = await send(owner, id, 'one');
    await owner.ok('PUT', `/api/messages/${first.id}`, { content: 'one, edited' });
    await owner.ok('DELETE', `/api/messages/${first.id}`);
    await Promise.all(Array.from({ length: 50 }, (_, index) => send(owner, id, `crowd ${index}`)));
    await socket.until(() => socket.entries(id).length >= 53);
    const frames = socket.entries(id);
    expect(frames.slice(0, 3).map(({ type }) => type)).toEqual([
      'message.created',
      'message.updated',
      'message.deleted',
    ]);
    expect(seqs(frames)).toEqual(frames.map((_, index) => first.seq + index));
    await socket.close();
  });

  it('sends, is answered, and repeats safely', async () => {
    const socket = await Socket.connect(owner.login.token);
    const frame = {
      type: 'send',
      chat_id: owner.generalId,
      content: 'from a socket',
      idempotency_key: `k-${Date.now()}`,
    };
    socket.send({ ...frame, ref: 'a' });
    socket.send({ ...frame, ref: 'b' });
    const [one, two] = await Promise.all(
      ['a', 'b'].map((ref) => socket.next(({ type, data }) => type === 'ack' && data.ref === ref)),
    );
    expect({ ...one?.data, ref: '' }).toEqual({ ...two?.data, ref: '' });
    socket.send({ type: 'send', ref: 'c', chat_id: 999_999_999, content: 'nowhere' });
    const refused = await socket.next(({ type, data }) => type === 'error' && data.ref === 'c');
    expect(refused.data.error).toMatchObject({ code: 'NOT_FOUND' });
    await socket.close();
  });

  it('tells of a chat that one is added to, and nothing after one is removed', async () => {
    const socket = await Socket.connect(other.login.token);
    const { id } = await owner.createChannel(undefined, { is_private: true });
    await send(owner, id, 'before');
    await owner.ok('POST', `/api/chats/${id}/members`, { user_ids: [other.id] });
    await send(owner, id, 'while');
    await socket.until(() => socket.entries(id).some(({ type }) => type === 'message.created'));
    await Promise.all([
      ...Array.from({ length: 10 }, (_, index) => send(owner, id, `burst ${index}`)),
      owner.ok('DELETE', `/api/chats/${id}/members/${other.id}`),
      ...Array.from({ length: 10 }, (_, index) => send(owner, id, `burst ${10 + index}`)),
    ]);
    await send(owner, id, 'after');
    await socket.until(() => socket.entries(id).some(({ type }) => type === 'member.removed'));
    // What comes later in a chat of theirs proves that nothing of this one is still on its way.
    await send(owner, owner.generalId, 'a mark');
    await socket.next(({ chat_id, type }) => chat_id === owner.generalId && type === 'message.created');
    const frames = socket.entries(id);
    expect(frames[0]?.type).toBe('member.added');
    expect(frames.at(-1)?.type).toBe('member.removed');
    expect(seqs(frames)).toEqual(frames.map((_, index) => (frames[0]?.seq as number) + index));
    expect(JSON.stringify(frames)).not.toContain('"before"');
    await socket.close();
  });

  it('hears who types and who comes and goes', async () => {
    const listening = await Socket.connect(owner.login.token);
    listening.send({ type: 'presence.watch', user_ids: [other.id] });
    const coming = await Socket.connect(other.login.token);
    await listening.next(
      ({ type, data }) => type === 'presence.update' && data.user_id === other.id && data.status === 'online',
    );
    coming.send({ type: 'typing', chat_id: owner.generalId });
    await listening.next(({ type, data }) => type === 'typing.start' && data.user_id === other.id);
    await coming.close();
    await listening.next(
      ({ type, data }) => type === 'presence.update' && data.user_id === other.id && data.status === 'offline',
    );
    await listening.close();
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

  it('learns what was read on another device', async () => {
    const { id } = await owner.createChannel(undefined, { member_ids: [other.id] });
    const sent = await send(owner, id, 'unread');
    const [phone, laptop] = await Promise.all([Socket.connect(other.login.token), Socket.connect(other.login.token)]);
    phone.send({ type: 'read', ref: 1, chat_id: id, seq: sent.seq });
    await phone.next(({ type, data }) => type === 'ack' && data.ref === 1);
    const update = await laptop.next(({ type, data }) => type === 'receipt.updated' && data.chat_id === id);
    expect(update.data).toMatchObject({ read_seq: sent.seq, unread_count: 0 });
    await Promise.all([phone.close(), laptop.close()]);
  });
});

describe('A connection that was away', () => {
  it('resumes exactly where it was: sends, edits, deletions and members included', async () => {
    const { id } = await owner.createChannel(undefined, { member_ids: [other.id] });
    const before = await Socket.connect(other.login.token);
    const first = await send(owner, id, 'seen');
    await before.until(() => before.entries(id).length === 1);
    const epoch = before.frames[0]?.data.epoch;
    before.terminate();

    await owner.ok('PUT', `/api/messages/${first.id}`, { content: 'edited meanwhile' });
    const second = await send(owner, id, 'missed');
    await owner.ok('DELETE', `/api/messages/${second.id}`);
    await owner.ok('PUT', `/api/chats/${id}`, { description: 'changed meanwhile' });

    const again = await Socket.connect(other.login.token);
    expect(heads(again.frames[0] as Frame)[id]).toBe(first.seq + 4);
    again.send({ type: 'resume', epoch, cursors: { [id]: first.seq } });
    const live = await send(owner, id, 'live');
    await again.until(() => again.entries(id).some(({ seq }) => seq === live.seq));
    const frames = again.entries(id);
    expect(seqs(frames)).toEqual([1, 2, 3, 4, 5].map((step) => first.seq + step));
    expect(frames.map(({ type }) => type)).toEqual([
      'message.updated',
      'message.created',
      'message.deleted',
      'chat.updated',
      'message.created',
    ]);
    await again.close();
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
    const socket = await Socket.open('', { origin: 'https://evil.example' });
    await socket.untilClosed();
    expect(socket.frames).toEqual([]);
  });
});

interface SseEvent {
  id: string;
  event: string;
  data: { type: string; chat_id?: number; seq?: number };
}

/** Reads server-sent events until `enough`. */
async function readEvents(
  token: string,
  enough: (events: SseEvent[]) => boolean,
  opened: () => Promise<unknown>,
  lastEventId?: string,
): Promise<SseEvent[]> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 15_000);
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  if (lastEventId !== undefined) headers['last-event-id'] = lastEventId;
  const response = await fetch(`${socketUrl}/api/events`, { headers, signal: stop.signal });
  const events: SseEvent[] = [];
  let buffer = '';
  let started = false;
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    buffer += decoder.decode(chunk, { stream: true });
    const blocks = buffer.split('\n\n');
    buffer = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string) =>
        block
          .split('\n')
          .find((line) => line.startsWith(`${name}:`))
          ?.slice(name.length + 1)
          .trim() ?? '';
      const data = field('data');
      if (data !== '')
        events.push({ id: field('id'), event: field('event'), data: JSON.parse(data) as SseEvent['data'] });
    }
    if (!started && events.some(({ data }) => data.type === 'ready')) {
      started = true;
      void opened();
    }
    if (enough(events)) break;
  }
  clearTimeout(timer);
  stop.abort();
  return events;
}

describe('Server-sent events', () => {
  it('bring the same frames, and after a break everything since a minute before it', async () => {
    const { id } = await owner.createChannel(undefined, { member_ids: [other.id] });
    const of = (events: SseEvent[]) =>
      events.filter(({ data }) => data.chat_id === id && data.type === 'message.created');
    const first = await readEvents(
      other.login.token,
      (events) => of(events).length === 1,
      () => send(owner, id, 'one'),
    );
    expect(of(first)).toHaveLength(1);
    const lastId = first.at(-1)?.id as string;
    const missed = await send(owner, id, 'two');
    const second = await readEvents(
      other.login.token,
      (events) => of(events).length >= 3,
      () => send(owner, id, 'three'),
      lastId,
    );
    const got = [...new Set(of(second).map(({ data }) => data.seq as number))];
    expect(got).toEqual([missed.seq - 1, missed.seq, missed.seq + 1]);
  });

  it('need a token or a ticket', async () => {
    expect((await http('GET', '/api/events')).status).toBe(401);
  });
});
