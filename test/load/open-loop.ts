import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from './connection.js';
import type { Lane } from './lane.js';
import { inShares, Schedule } from './schedule.js';

interface Start {
  readonly lane: Lane;
  readonly dueMs: number;
}

/** What may wait for a free connection; more is a server that does not keep up. */
const mostWaiting = 20_000;
const drainMs = 15_000;

/**
 * Starts `perSecond` requests a second at even intervals, whatever became of the earlier ones. Latency counts from the
 * intended start: it holds the wait for a free connection, and the lateness of the timer of up to a millisecond too.
 * What is due from `beginMs` on is counted. Settles when everything is answered.
 */
export async function openLoop(
  connections: readonly Connection[],
  lanes: readonly Lane[],
  perSecond: number,
  beginMs: number,
  endMs: number,
): Promise<void> {
  const order = inShares(lanes.map((item) => ({ item, weight: item.target.weight ?? 1 })));
  const startMs = performance.now();
  const schedule = new Schedule(perSecond, (endMs - startMs) / 1000);
  const free = [...connections];
  const waiting: Start[] = [];
  let inFlight = 0;

  const start = ({ lane, dueMs }: Start, connection: Connection) => {
    inFlight += 1;
    lane.send(connection, dueMs, beginMs, Infinity, (usable) => {
      inFlight -= 1;
      if (!usable) return;
      const next = waiting.shift();
      if (next === undefined) free.push(connection);
      else start(next, connection);
    });
  };

  while (!schedule.isOver) {
    const now = performance.now() - startMs;
    for (let due = schedule.takeDue(now); due !== undefined; due = schedule.takeDue(now)) {
      const next = { lane: order.next().value as Lane, dueMs: startMs + due };
      const connection = free.pop();
      if (connection !== undefined) start(next, connection);
      else if (waiting.length < mostWaiting) waiting.push(next);
      else next.lane.tally.fail('Too many requests wait for a free connection: the server does not keep up');
    }
    await pause(1);
  }
  const deadline = performance.now() + drainMs;
  while ((inFlight > 0 || waiting.length > 0) && performance.now() < deadline) await pause(5);
  if (inFlight + waiting.length > 0) throw new Error(`${inFlight + waiting.length} requests were never answered`);
}
