import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LogEntry } from '#contracts/log.contract.js';
import { EntryFrame, Frame } from './frame.js';
import { outLimit, OutQueue } from './out-queue.js';

const answer = (ref = 1) => new Frame({ type: 'pong', data: { ref } });
const long = (bytes: number) => new Frame({ type: 'ack', data: { ref: 1, text: 'x'.repeat(bytes) } });
const typing = new Frame({ type: 'typing.start', data: { chat_id: 1, user_id: 2 } });
const receipt = (chat_id: number, read_seq: number) =>
  new Frame({ type: 'receipt.updated', data: { chat_id, user_id: 1, read_seq, unread_count: 0 } });

function entry(chat_id: number, seq: number): EntryFrame {
  const data = { actor_id: 1, created_at: '2026-01-01T00:00:00.000Z' };
  return new EntryFrame({ type: 'chat.deleted', chat_id, seq, data } satisfies LogEntry);
}

function drain(queue: OutQueue): Frame[] {
  const frames: Frame[] = [];
  for (let frame = queue.shift(); frame !== undefined; frame = queue.shift()) frames.push(frame);
  return frames;
}

function bodyOf(frame: Frame): { type: string; chat_id: number; seq: number; data: { chat_id: number; seq: number } } {
  return JSON.parse(frame.webSocket.toString('utf8').replace(/^[^{]*/s, '')) as ReturnType<typeof bodyOf>;
}

describe('What waits for a client', () => {
  it('comes out in order', () => {
    const queue = new OutQueue();
    const frames = [answer(1), typing, answer(2)];
    expect(frames.map((frame) => queue.push(frame))).toEqual(['queued', 'queued', 'queued']);
    expect([queue.shift(), queue.shift(), queue.shift(), queue.shift()]).toEqual([...frames, undefined]);
    expect(queue.fill).toBe(0);
  });

  it('is no more than a thousand frames', () => {
    const queue = new OutQueue();
    for (let count = 0; count < outLimit.frames; count++) expect(queue.push(answer())).toBe('queued');
    expect(queue.push(answer())).toBe('full');
    queue.shift();
    expect(queue.push(answer())).toBe('queued');
  });

  it('is no more than a mebibyte, but one frame of any length', () => {
    const queue = new OutQueue();
    expect(queue.push(long(2 * outLimit.bytes))).toBe('queued');
    expect(queue.push(answer())).toBe('full');
    queue.shift();
    expect(queue.push(long(outLimit.bytes / 2))).toBe('queued');
    expect(queue.push(long(outLimit.bytes / 2))).toBe('full');
  });

  it('holds no typing and no presence beyond a quarter', () => {
    const queue = new OutQueue();
    for (let count = 0; count <= outLimit.frames / 4; count++) queue.push(answer());
    expect(queue.push(typing)).toBe('dropped');
    expect(queue.push(answer())).toBe('queued');
  });

  it('holds the newest read position of each chat only', () => {
    const queue = new OutQueue();
    const [first, second, third] = [receipt(1, 1), receipt(2, 5), receipt(1, 7)];
    expect([first, second, third].map((frame) => queue.push(frame))).toEqual(['queued', 'queued', 'merged']);
    expect(drain(queue)).toEqual([third, second]);
    expect(queue.push(first)).toBe('queued');
  });

  it('becomes one head for each chat beyond half of the bound, and entries again once there is room', () => {
    const queue = new OutQueue();
    const half = outLimit.frames / 2;
    for (let seq = 1; seq <= half; seq++) expect(queue.push(entry(1 + (seq % 2), seq))).toBe('queued');
    expect(queue.push(answer(7))).toBe('queued');
    expect(queue.push(entry(2, half + 1))).toBe('merged');
    expect(queue.length).toBe(3);
    expect(queue.push(entry(1, half + 2))).toBe('queued');
    expect(drain(queue).map(bodyOf)).toEqual([
      { type: 'head', data: { chat_id: 2, seq: half + 1 } },
      { type: 'head', data: { chat_id: 1, seq: half } },
      { type: 'pong', data: { ref: 7 } },
      expect.objectContaining({ type: 'chat.deleted', chat_id: 1, seq: half + 2 }),
    ]);
    expect(queue.fill).toBe(0);
  });

  it('becomes heads also when it is the bytes that are too many', () => {
    const queue = new OutQueue();
    queue.push(long(outLimit.bytes / 2));
    for (let seq = 1; seq <= 5_000; seq++) expect(queue.push(entry(1, seq))).not.toBe('full');
    expect(queue.length).toBe(2);
  });

  it('leads every client to the end of each log, in order, and keeps its bounds, however frames come and go', () => {
    const chats = 40;
    const steps = fc.array(
      fc.record({ chat: fc.nat(chats - 1), pushes: fc.nat(200), shifts: fc.nat(150), answers: fc.nat(20) }),
      { maxLength: 60 },
    );
    const property = fc.property(steps, (rounds) => {
      const queue = new OutQueue();
      const ends = new Map<number, number>();
      const had = new Map<number, number>();
      const take = (frame: Frame | undefined) => {
        if (frame === undefined) return;
        const { type, chat_id, seq, data } = bodyOf(frame);
        if (type === 'pong') return;
        const [chat, end] = type === 'head' ? [data.chat_id, data.seq] : [chat_id, seq];
        const before = had.get(chat) ?? 0;
        // An entry follows what the client has; a head is beyond it, and the client then has that too.
        if (type === 'head') expect(end).toBeGreaterThan(before);
        else expect(end).toBe(before + 1);
        had.set(chat, end);
      };
      for (const { chat, pushes, shifts, answers } of rounds) {
        for (let count = 0; count < pushes; count++) {
          const seq = (ends.get(chat) ?? 0) + 1;
          ends.set(chat, seq);
          expect(queue.push(entry(chat, seq))).not.toBe('full');
        }
        for (let count = 0; count < answers && queue.fill < 0.9; count++) queue.push(answer(count));
        expect(queue.length).toBeLessThanOrEqual(outLimit.frames);
        for (let count = 0; count < shifts; count++) take(queue.shift());
      }
      for (const frame of drain(queue)) take(frame);
      expect(had).toEqual(ends);
    });
    fc.assert(property, { numRuns: 60 });
  });
});
