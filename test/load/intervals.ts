import { setTimeout as pause } from 'node:timers/promises';
import { Schedule } from './schedule.js';

/** Begins each at its time, whether or not the one before has ended. */
export async function atIntervals(
  perSecond: number,
  endMs: number,
  work: (turn: number) => Promise<void>,
): Promise<void> {
  const startMs = performance.now();
  const schedule = new Schedule(perSecond, (endMs - startMs) / 1000);
  const begun: Promise<void>[] = [];
  let failure: Error | undefined;
  while (!schedule.isOver && failure === undefined) {
    while (schedule.takeDue(performance.now() - startMs) === undefined) await pause(1);
    begun.push(work(begun.length).catch((error: Error) => void (failure ??= error)));
  }
  await Promise.all(begun);
  if (failure !== undefined) throw failure;
}
