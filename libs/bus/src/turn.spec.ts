import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { currentSpan, followPromises, runUnder } from '#telemetry/current-span.js';
import type { RecordedSpan } from '#telemetry/span.js';
import { Turn } from './turn.js';

function watched() {
  const left: number[][] = [];
  const turn = new Turn<number>((items) => left.push([...items]));
  const add = async (...items: number[]) => {
    for (const item of items) turn.add(item);
    await nextTurn();
  };
  return { turn, left, add };
}

it('lets a lone item leave at once', async () => {
  const { turn, left } = watched();
  turn.add(1);
  expect(left).toEqual([[1]]);
  await nextTurn();
  turn.add(2);
  expect(left).toEqual([[1], [2]]);
});

it('gathers a crowd, from the second item that a turn brings', async () => {
  const { left, add } = watched();
  await add(1, 2, 3);
  expect(left).toEqual([[1], [2, 3]]);
  await add(4, 5, 6);
  expect(left).toEqual([[1], [2, 3], [4, 5, 6]]);
});

it('sees that a crowd has gone', async () => {
  const { turn, left, add } = watched();
  await add(1, 2);
  turn.add(3);
  expect(left).toEqual([[1], [2]]);
  await nextTurn();
  turn.add(4);
  expect(left).toEqual([[1], [2], [3], [4]]);
});

it('takes what is added while others leave', async () => {
  const left: number[][] = [];
  const turn = new Turn<number>((items) => {
    left.push([...items]);
    if (items.includes(1)) turn.add(2);
    if (items.includes(2)) turn.add(3);
  });
  turn.add(1);
  await nextTurn();
  await nextTurn();
  expect(left).toEqual([[1], [2], [3]]);
});

it("hands on nothing in the course of anybody's span, nor what follows from it", async () => {
  const leave = followPromises();
  const seen: unknown[] = [];
  const look = async () => {
    seen.push(currentSpan());
    await nextTurn();
    seen.push(currentSpan());
  };
  const turn = new Turn<number>(() => void look());
  runUnder({ isRecorded: true } as RecordedSpan, () => [1, 2].forEach((item) => turn.add(item)));
  await nextTurn();
  await nextTurn();
  leave();
  expect(seen).toEqual([undefined, undefined, undefined, undefined]);
});
