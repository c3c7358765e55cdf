import { describe, expect, it } from '@jest/globals';
import { Frame } from './frame.js';
import { outLimit, OutQueue } from './out-queue.js';

const durable = (seq = 1) => new Frame({ type: 'head', data: { chat_id: 1, seq } });
const typing = new Frame({ type: 'typing.start', data: { chat_id: 1, user_id: 2 } });
const long = (bytes: number) => new Frame({ type: 'ack', data: { ref: 1, text: 'x'.repeat(bytes) } });

describe('What waits for a client', () => {
  it('comes out in order', () => {
    const queue = new OutQueue();
    const frames = [durable(1), typing, durable(2)];
    expect(frames.map((frame) => queue.push(frame))).toEqual(['queued', 'queued', 'queued']);
    expect([queue.shift(), queue.shift(), queue.shift(), queue.shift()]).toEqual([...frames, undefined]);
    expect(queue.fill).toBe(0);
  });

  it('is no more than a thousand frames', () => {
    const queue = new OutQueue();
    for (let count = 0; count < outLimit.frames; count++) expect(queue.push(durable())).toBe('queued');
    expect(queue.push(durable())).toBe('full');
    queue.shift();
    expect(queue.push(durable())).toBe('queued');
  });

  it('is no more than a mebibyte, but one frame of any length', () => {
    const queue = new OutQueue();
    expect(queue.push(long(2 * outLimit.bytes))).toBe('queued');
    expect(queue.push(durable())).toBe('full');
    queue.shift();
    expect(queue.push(long(outLimit.bytes / 2))).toBe('queued');
    expect(queue.push(long(outLimit.bytes / 2))).toBe('full');
  });

  it('holds no typing and no presence beyond a quarter', () => {
    const queue = new OutQueue();
    for (let count = 0; count <= outLimit.frames / 4; count++) queue.push(durable());
    expect(queue.push(typing)).toBe('dropped');
    expect(queue.push(durable())).toBe('queued');
  });

  it('keeps its bounds however frames come and go', () => {
    const queue = new OutQueue();
    for (let round = 0; round < 5_000; round++) {
      queue.push(durable(round));
      queue.push(durable(round));
      queue.shift();
      expect(queue.length).toBeLessThanOrEqual(outLimit.frames);
    }
  });
});
