import { setTimeout as pause } from 'node:timers/promises';
import { FechatterError } from '#contracts/error.js';
import { nobodyServes, timedOut } from './no-answer.js';

/** Nobody serves the subject at the moment: the request was certainly not begun, so it may be repeated. */
export class NoResponders extends Error {}

/**
 * Whether a call has failed because nobody serves its subject. Not so after a time-out or without a connection, when
 * somebody may well be there.
 */
export function isUnserved(error: unknown): boolean {
  return error instanceof FechatterError && error.cause instanceof NoResponders;
}

/** The pauses before a request that met nobody is tried again: a service may just be starting or moving. */
const pausesMs = [25, 100, 250];

/** Attempts until somebody serves the subject; every other failure is final. Throws UNAVAILABLE when nobody came. */
export async function whileNobodyServes<Result>(
  { subject, deadline }: { subject: string; deadline: number },
  attempt: () => Promise<Result>,
): Promise<Result> {
  for (let tries = 0; ; tries++) {
    if (deadline <= Date.now()) throw timedOut(subject);
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof NoResponders)) throw error;
      const wait = pausesMs[tries];
      if (wait === undefined || Date.now() + wait >= deadline) {
        throw nobodyServes(subject, new NoResponders(`nobody serves ${subject}`));
      }
      await pause(wait);
    }
  }
}
