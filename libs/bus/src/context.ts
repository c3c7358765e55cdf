import { randomUUID } from 'node:crypto';
import { FechatterError } from '#contracts/error.js';
import type { Rpc } from '#contracts/contract.js';
import { currentSpan } from '#telemetry/current-span.js';
import type { CallContext, CallOptions } from './bus.js';
import { Deadlines } from './deadlines.js';
import { timedOut, unanswered } from './no-answer.js';

const defaultTimeoutMs = 5_000;
/** What a caller keeps back of its own deadline, so that it can still answer when the callee used up all the time. */
const reserveMs = 20;

/** The context of a new call. Deadlines only ever shrink along the way. */
export function outgoingContext({ within, as, timeoutMs = defaultTimeoutMs }: CallOptions): CallContext {
  const own = Date.now() + timeoutMs;
  if (within === undefined) return { caller: as, requestId: randomUUID(), deadline: own, traceparent: traced() };
  const { caller, requestId, deadline, traceparent } = within;
  return {
    caller: as ?? caller,
    requestId,
    deadline: Math.min(own, deadline - reserveMs),
    traceparent: traced(traceparent),
  };
}

function traced(given?: string): string | undefined {
  return given ?? currentSpan()?.traceparent;
}

/** Refuses what may not be begun: the deadline has passed, the caller's token has expired, or is of the wrong kind. */
export function admit(contract: Rpc, { caller, deadline }: CallContext): void {
  if (deadline <= Date.now()) throw timedOut(contract.subject);
  if (caller.kind === 'user' && caller.expires_at * 1000 <= Date.now()) throw new FechatterError('UNAUTHORIZED');
  if (contract.caller.includes(caller.kind)) return;
  throw new FechatterError(caller.kind === 'anyone' ? 'UNAUTHORIZED' : 'FORBIDDEN');
}

const deadlines = new Deadlines();

/** Waits for work no longer than the deadline of its call. */
export function beforeDeadline<Result>(work: Promise<Result>, deadline: number, subject: string): Promise<Result> {
  // By hand, as Promise.race makes three promises more for every call.
  return new Promise((resolve, reject) => {
    const wait = { deadline, expire: () => reject(unanswered(subject, 'deadline')) };
    deadlines.add(wait);
    work.then(
      (result) => {
        deadlines.delete(wait);
        resolve(result);
      },
      (error: Error) => {
        deadlines.delete(wait);
        reject(error);
      },
    );
  });
}
