import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authEvent } from '#contracts/auth.contract.js';
import { eventually } from '#testing/eventually.js';
import { range } from '#testing/range.js';
import { messageApp } from '../../../../message/src/message.app.js';
import { messageDataSource } from '../../../../message/src/message.data-source.js';
import { RealtimeHouse, type Socket } from '../realtime.fixture.js';

const revokedWithinMs = 1_000;
/** For the close to arrive and to be looked at, on a machine that does other things too. */
const slackMs = 200;

let realtime: RealtimeHouse;

beforeAll(async () => {
  realtime = await RealtimeHouse.start({ app: messageApp, dataSource: messageDataSource }, { RATE_LIMITS: 'off' });
});

afterAll(() => realtime.close());

function contentOf(socket: Socket, chatId: number): unknown[] {
  return socket.entries(chatId).map(({ type, data }) => [type, (data['message'] as { content: string }).content]);
}

describe('A live connection', () => {
  it('is told its heads and then every change of its chats, as HTTP answers it', async () => {
    const chat = await realtime.chat(1, 2);
    await realtime.chat(3);
    const socket = await realtime.connect(1);
    expect(socket.frames[0]).toMatchObject({ type: 'ready', data: { user_id: 1, heartbeat_s: 25 } });
    expect((socket.frames[0]?.data['heads'] as Record<string, number>)[String(chat)]).toBe(1);
    const sent = await realtime.send(chat, 2, 'Hello');
    const frame = await socket.next(({ type }) => type === 'message.created');
    expect(frame).toEqual({ type: 'message.created', chat_id: chat, seq: 2, data: { message: sent } });
    const edited = await realtime.edit(sent, 'Hello again');
    expect((await socket.next(({ type }) => type === 'message.updated')).data).toEqual({ message: edited });
    await realtime.delete(sent);
    await socket.next(({ type }) => type === 'message.deleted');
    expect(socket.seqs(chat)).toEqual([2, 3, 4]);
  });

  it('receives every message of many senders once and in order', async () => {
    const chat = await realtime.chat(1, 2, 3);
    const sockets = [await realtime.connect(1), await realtime.connect(1), await realtime.connect(2)];
    await Promise.all(range(1, 300).map((count) => realtime.send(chat, 1 + (count % 3), `m${count}`)));
    await eventually(() => sockets.every((socket) => socket.seqs(chat).length >= 300));
    for (const socket of sockets) expect(socket.seqs(chat)).toEqual(range(2, 301));
  });

  it('receives nothing after its removal, inside one burst, and everything from its return on', async () => {
    const chat = await realtime.chat(1, 2);
    const [leaver, stayer] = [await realtime.connect(1), await realtime.connect(2)];
    const work: Promise<unknown>[] = [];
    for (const count of range(1, 20)) {
      work.push(realtime.send(chat, 2, `before ${count}`));
      if (count === 10) work.push(realtime.remove(chat, 1).then(() => realtime.add(chat, 1)));
    }
    await Promise.all(work);
    await realtime.send(chat, 2, 'last');
    await eventually(() => stayer.seqs(chat).at(-1) === 24 && leaver.seqs(chat).at(-1) === 24);
    expect(stayer.seqs(chat)).toEqual(range(2, 24));
    const [removed, added] = ['member.removed', 'member.added'].map(
      (type) => stayer.entries(chat).find((entry) => entry.type === type)?.seq ?? 0,
    );
    expect(leaver.seqs(chat)).toEqual(range(2, 24).filter((seq) => seq <= Number(removed) || seq >= Number(added)));
  });

  it('begins with the own arrival in a chat that nobody else here is in', async () => {
    const chat = await realtime.chat(50);
    await realtime.send(chat, 50, 'before');
    const socket = await realtime.connect(4);
    await realtime.add(chat, 4);
    await realtime.send(chat, 50, 'after');
    await eventually(() => socket.seqs(chat).length === 2);
    expect(socket.entries(chat).map(({ type }) => type)).toEqual(['member.added', 'message.created']);
  });

  it('is told of what its user has read on another device', async () => {
    const chat = await realtime.chat(1, 2);
    await realtime.send(chat, 2, 'unread');
    const [phone, desk] = [await realtime.connect(1), await realtime.connect(1)];
    const ack = await phone.ask({ type: 'read', chat_id: chat, seq: 2 });
    expect(ack.data).toMatchObject({ chat_id: chat, read_seq: 2, unread_count: 0 });
    const told = await desk.next(({ type, data }) => type === 'receipt.updated' && data['chat_id'] === chat);
    expect(told.data).toEqual({ chat_id: chat, user_id: 1, read_seq: 2, unread_count: 0 });
  });

  it('ends within a second when the session ends, even if the event is lost', async () => {
    const other = await realtime.connect(5, 500);
    const told = (session: number) =>
      realtime.house.bus.publish(authEvent.revoked, {}, realtime.issuer.revoke(5, session));
    const lost = (session: number) => void realtime.issuer.revoke(5, session);
    for (const [revoke, first] of [
      [told, 501],
      [lost, 511],
    ] as const) {
      const delays: number[] = [];
      for (const session of range(first, first + 2)) {
        const socket = await realtime.connect(5, session);
        const since = performance.now();
        revoke(session);
        expect((await socket.untilClosed()).code).toBe(4003);
        delays.push(performance.now() - since);
      }
      // One of them may have met a machine that does other things too.
      expect(delays.toSorted((a, b) => a - b)[1]).toBeLessThan(revokedWithinMs + slackMs);
    }
    expect((await other.ask({ type: 'ping' })).type).toBe('pong');
  });

  it('that takes nothing delays nobody, and is told how far the log went on when it takes again', async () => {
    const chat = await realtime.chat(1, 2);
    const [slow, quick] = [await realtime.connect(1), await realtime.connect(2)];
    slow.socket.pause();
    const text = 'x'.repeat(16_000);
    for (let round = 0; round < 40; round++) {
      await Promise.all(range(1, 20).map(() => realtime.send(chat, 2, text)));
    }
    await eventually(() => quick.seqs(chat).length === 800);
    expect(quick.seqs(chat)).toEqual(range(2, 801));
    slow.socket.resume();
    await realtime.send(chat, 2, 'live again');
    await eventually(() => slow.seqs(chat).at(-1) === 802);
    const heads = slow.frames.flatMap(({ type, data }) => (type === 'head' ? [Number(data['seq'])] : []));
    expect(heads.length).toBeGreaterThan(0);
    // What a head stands for is missing, and nothing else.
    const spared = heads.flatMap((end) => range(1 + Math.max(...slow.seqs(chat).filter((seq) => seq <= end)), end));
    expect([...slow.seqs(chat), ...spared].sort((a, b) => a - b)).toEqual(range(2, 802));
    const before = slow.seqs(chat).length;
    await slow.ask({ type: 'resume', epoch: slow.frames[0]?.data['epoch'], cursors: { [chat]: 700 } });
    expect(slow.seqs(chat).slice(before)).toEqual(range(701, 802));
  });

  it('is closed as resumable when its answers alone are more than it takes', async () => {
    const chat = await realtime.chat(1);
    const [slow, quick] = [await realtime.connect(1), await realtime.connect(1)];
    slow.socket.pause();
    const cursors = Object.fromEntries(range(100_001, 104_000).map((id) => [id, 0]));
    const resume = { type: 'resume', ref: 1, epoch: slow.frames[0]?.data['epoch'], cursors };
    for (let count = 0; count < 60; count++) slow.send(resume);
    // Answered after the others had their turn: whoever is slow has been closed by then.
    expect((await quick.ask({ type: 'send', chat_id: chat, content: 'meanwhile' })).type).toBe('ack');
    slow.socket.resume();
    expect((await slow.untilClosed()).code).toBe(4008);
    const resumed = await realtime.connect(1);
    await resumed.ask({ ...resume, cursors: { [chat]: 1 } });
    expect(resumed.seqs(chat)).toEqual([2]);
  });
});

describe('A client that returns', () => {
  it('is sent what it missed, edits and deletions included, and then goes on live', async () => {
    const chat = await realtime.chat(1, 2);
    const first = await realtime.connect(1);
    const kept = await realtime.send(chat, 2, 'kept');
    await eventually(() => first.seqs(chat).length === 1);
    first.socket.terminate();
    const gone = await realtime.send(chat, 2, 'gone');
    await realtime.edit(kept, 'kept and edited');
    await realtime.delete(gone);
    const again = await realtime.connect(1);
    const { epoch, heads } = again.frames[0]?.data as { epoch: number; heads: Record<string, number> };
    expect(heads[chat]).toBe(5);
    const ack = again.ask({ type: 'resume', epoch, cursors: { [chat]: 2 } });
    const live = await realtime.send(chat, 2, 'live');
    await ack;
    await eventually(() => again.seqs(chat).at(-1) === live.seq);
    expect(again.seqs(chat)).toEqual([3, 4, 5, 6]);
    expect(contentOf(again, chat)).toEqual([
      ['message.created', ''],
      ['message.updated', 'kept and edited'],
      ['message.deleted', ''],
      ['message.created', 'live'],
    ]);
  });

  it('is told of a gap where more than 200 changes are missing, or its position means nothing', async () => {
    const [long, short, future] = [await realtime.chat(1), await realtime.chat(1), await realtime.chat(1)];
    await Promise.all(range(1, 201).map((count) => realtime.send(long, 1, `m${count}`)));
    await realtime.send(short, 1, 'm');
    const socket = await realtime.connect(1);
    const { epoch } = socket.frames[0]?.data as { epoch: number };
    await socket.ask({ type: 'resume', epoch, cursors: { [long]: 1 } });
    await socket.ask({ type: 'resume', epoch: epoch - 1, cursors: { [short]: 1 } });
    await socket.ask({ type: 'resume', epoch, cursors: { [future]: 1_000 } });
    expect(socket.frames.filter(({ type }) => type === 'gap').map(({ data }) => data)).toEqual([
      { chat_id: long, from: 1, to: 202 },
      { chat_id: short, from: 0, to: 2 },
      { chat_id: future, from: 0, to: 1 },
    ]);
    const sent = await Promise.all([long, short, future].map((chat) => realtime.send(chat, 1, 'next')));
    await eventually(() => sent.every(({ chat_id, seq }) => socket.seqs(chat_id).includes(seq)));
    expect([long, short, future].map((chat) => socket.seqs(chat))).toEqual([[203], [3], [2]]);
  });

  it('learns nothing of chats that are not its own', async () => {
    const foreign = await realtime.chat(2);
    const own = await realtime.chat(1);
    await realtime.send(own, 1, 'mine');
    const socket = await realtime.connect(1);
    const { epoch } = socket.frames[0]?.data as { epoch: number };
    const refusals = [];
    for (const id of [foreign, 999_999]) {
      const answer = await socket.ask({ type: 'resume', epoch, cursors: { [id]: 0, [own]: 0 } });
      refusals.push(JSON.stringify({ ...answer.data, ref: '' }).replaceAll(String(id), 'ID'));
    }
    expect(refusals[0]).toContain('NOT_FOUND');
    expect(refusals[0]).toBe(refusals[1]);
    expect(socket.seqs(own)).toEqual([1, 2, 1, 2]);
    expect(socket.entries(foreign)).toEqual([]);
  });
});
