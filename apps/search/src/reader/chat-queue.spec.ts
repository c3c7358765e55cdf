import { expect, it } from '@jest/globals';
import { range } from '#testing/range.js';
import type { LogEntry } from '#contracts/log.contract.js';
import { eventually } from '#testing/eventually.js';
import { ChatQueue } from './chat-queue.js';

/** Entries of which only the place in the log matters. */
const entries = (chat_id: number, first: number, last: number): LogEntry[] =>
  range(first, last).map((seq) => ({ type: 'message.unpinned', chat_id, seq, data: { message_id: 1 } }) as LogEntry);
const taken = (queue: ChatQueue) => queue.take().map((growth) => [growth.chatId, growth.entries.map(({ seq }) => seq)]);
const nobody = new Set<number>();

it('says how many chats are not indexed to their end, and since when', async () => {
  const queue = new ChatQueue();
  expect([queue.size, queue.lagSeconds]).toEqual([0, 0]);
  queue.push(1, entries(1, 4, 4));
  queue.find(2);
  queue.push(1, entries(1, 5, 5));
  expect(queue.size).toBe(2);
  expect(taken(queue)).toEqual([[1, [4, 5]]]);
  expect(queue.takeBehind()).toBe(2);
  expect(queue.size).toBe(2);
  await eventually(() => queue.lagSeconds >= 0.02);
  queue.push(1, entries(1, 6, 6));
  expect(queue.size).toBe(2);
  queue.finish(nobody);
  queue.finishBehind(false);
  expect(queue.lagSeconds).toBeGreaterThanOrEqual(0.02);
  expect(taken(queue)).toEqual([[1, [6]]]);
  expect(queue.takeBehind()).toBe(2);
  queue.finish(nobody);
  queue.finishBehind(true);
  expect([queue.size, queue.lagSeconds]).toEqual([0, 0]);
  const ends = [queue.filled(), queue.fallenBehind()];
  queue.close();
  expect(await Promise.all(ends)).toEqual([false, false]);
});

it('gives many chats at once, and of none more than fits', () => {
  const queue = new ChatQueue();
  const lengths = () => queue.take().map((growth) => [growth.chatId, growth.entries.length]);
  queue.push(1, entries(1, 3, 3));
  queue.push(2, entries(2, 8, 9));
  queue.push(1, entries(1, 4, 5));
  queue.push(3, entries(3, 1, 2));
  queue.push(3, entries(3, 4, 4));
  queue.push(4, entries(4, 1, 599));
  queue.push(5, entries(5, 1, 2));
  expect(lengths()).toEqual([
    [1, 3],
    [2, 2],
    [4, 195],
  ]);
  queue.push(4, entries(4, 600, 600));
  expect(taken(queue)).toEqual([[4, range(196, 395)]]);
  expect(lengths()).toEqual([[4, 200]]);
  expect(lengths()).toEqual([
    [4, 5],
    [5, 2],
  ]);
  expect(queue.take()).toEqual([]);
  // Something between its entries is missing.
  expect(queue.takeBehind()).toBe(3);
  expect(queue.takeBehind()).toBeUndefined();
});

it('lets chats that are behind take turns, and fetch what comes meanwhile', () => {
  const queue = new ChatQueue();
  for (const chatId of [1, 2, 1]) queue.find(chatId);
  expect(queue.takeBehind()).toBe(1);
  queue.push(1, entries(1, 7, 7));
  queue.push(2, entries(2, 9, 9));
  queue.finishBehind(false);
  expect(queue.takeBehind()).toBe(2);
  queue.finishBehind(true);
  expect(queue.takeBehind()).toBe(1);
  expect(queue.take()).toEqual([]);
});

it('leaves what is waiting or under way as it is when it is found behind, and follows what did not suffice', () => {
  const queue = new ChatQueue();
  queue.push(1, entries(1, 3, 3));
  queue.find(1);
  expect(taken(queue)).toEqual([[1, [3]]]);
  queue.find(1);
  expect(queue.takeBehind()).toBeUndefined();
  queue.push(1, entries(1, 4, 4));
  queue.finish(new Set([1]));
  expect(queue.take()).toEqual([]);
  expect(queue.takeBehind()).toBe(1);
});

it('is short while something new waits, and little', () => {
  const queue = new ChatQueue();
  queue.find(3);
  expect(queue.isShort).toBe(false);
  queue.push(1, entries(1, 1, 1_000));
  expect(queue.isShort).toBe(true);
  queue.push(2, entries(2, 1, 600));
  expect(queue.isShort).toBe(false);
  queue.push(1, entries(1, 1_001, 1_001));
  expect(queue.isShort).toBe(true);
});

it('counts the time of a chat that fails on until it succeeds, whichever way it is tried again', async () => {
  const queue = new ChatQueue();
  const waits = () => [queue.size, queue.lagSeconds >= 0.02];
  queue.push(1, entries(1, 4, 4));
  queue.find(2);
  expect([taken(queue), queue.takeBehind()]).toEqual([[[1, [4]]], 2]);
  await eventually(() => queue.lagSeconds >= 0.02);
  queue.finish(undefined);
  queue.finishBehind(undefined);
  expect(waits()).toEqual([2, true]);
  // Of what is new the beginning is missing now.
  queue.push(1, entries(1, 5, 5));
  expect([queue.size, taken(queue)]).toEqual([2, [[1, [5]]]]);
  queue.finish(new Set([1]));
  expect(queue.takeBehind()).toBe(1);
  queue.finishBehind(true);
  expect(waits()).toEqual([1, true]);
  expect(queue.takeBehind()).toBeUndefined();
  queue.retry();
  expect(queue.takeBehind()).toBe(2);
  queue.finishBehind(undefined);
  queue.find(2);
  expect([queue.takeBehind(), ...waits()]).toEqual([2, 1, true]);
  queue.finishBehind(true);
  expect([queue.size, queue.lagSeconds]).toEqual([0, 0]);
});

it('keeps no more of chats that fail than of others', () => {
  const queue = new ChatQueue();
  for (const chatId of range(1, 10_200)) {
    queue.push(chatId, entries(chatId, 1, 1));
    if (chatId % 200 > 0) continue;
    queue.take();
    queue.finish(undefined);
  }
  expect(queue.size).toBe(10_000);
  queue.retry();
  expect(queue.size).toBe(10_000);
});
