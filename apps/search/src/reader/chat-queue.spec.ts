import { expect, it } from '@jest/globals';
import { eventually } from '#testing/eventually.js';
import { ChatQueue } from './chat-queue.js';

it('says how many chats are not indexed to their end, and since when', async () => {
  const queue = new ChatQueue();
  expect([queue.size, queue.lagSeconds]).toEqual([0, 0]);
  for (const chatId of [1, 2, 1]) queue.push(chatId, []);
  expect(queue.size).toBe(2);
  for (const chatId of [1, 2]) expect(await queue.take()).toMatchObject({ chatId });
  expect(queue.size).toBe(2);
  await eventually(() => queue.lagSeconds >= 0.02);
  queue.giveBack(1);
  queue.push(2, []);
  expect(queue.size).toBe(1);
  expect(queue.lagSeconds).toBeGreaterThanOrEqual(0.02);
  queue.giveBack(2);
  expect(await queue.take()).toMatchObject({ chatId: 2 });
  queue.giveBack(2);
  expect([queue.size, queue.lagSeconds]).toEqual([0, 0]);
  queue.close();
});
