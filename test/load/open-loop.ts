import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from './connection.js';
import { inShares, Schedule } from './schedule.js';
import type { Tally } from './tally.js';

interface Start {
  readonly tally: Tally;
  readonly dueMs: number;
}

/** What may wait for a free connection; more is a server that does not keep up. */
const mostWaiting = 20_000;
const drainMs = 15_000;
const overrun = new Error('Too many requests wait for a free connection: the server does not keep up');

/**
 * Starts `perSecond` requests a second at even intervals, whatever became of the earlier ones. Latency counts from the
 * intended start: it holds the wait for a free connection, and the lateness of the timer of up to a millisecond too.
 * What is due from `beginMs` on is counted. Settles when everything is answered.
 */
export async function openLoop(
  connections: readonly Connection[],
  tallies: readonly Tally[],
  perSecond: number,
  beginMs: number,
  endMs: number,
): Promise<void> {
  const order = inShares(tallies.map((item) => ({ item, weight: item.target.weight ?? 1 })));
  const startMs = performance.now();
  const schedule = new Schedule(perSecond, (endMs - startMs) / 1000);
  const free = [...connections];
  const waiting: Start[] = [];
  let inFlight = 0;

  const start = ({ tally, dueMs }: Start, connection: Connection) => {
    const { request, wantsBody } = tally.next();
    inFlight += 1;
    connection.send(request, wantsBody, (error, status, body) => {
      inFlight -= 1;
      if (dueMs >= beginMs) tally.count(dueMs - beginMs, performance.now() - beginMs, error, status, body);
      if (error !== undefined) return;
      const next = waiting.shift();
      if (next === undefined) free.push(connection);
      else start(next, connection);
    });
  };

  while (!schedule.isOver) {
    const now = performance.now() - startMs;
    for (let due = schedule.takeDue(now); due !== undefined; due = schedule.takeDue(now)) {
      const next = { tally: order.next().value as Tally, dueMs: startMs + due };
      const connection = free.pop();
      if (connection !== undefined) start(next, connection);
      else if (waiting.length < mostWaiting) waiting.push(next);
      else next.tally.count(0, 0, overrun, 0, Buffer.alloc(0));
    }
    await pause(1);
  }
  const deadline = performance.now() + drainMs;
  while ((inFlight > 0 || waiting.length > 0) && performance.now() < deadline) await pause(5);
  if (inFlight + waiting.length > 0) throw new Error(`${inFlight + waiting.length} requests were never answered`);
}
