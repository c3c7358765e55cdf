import { FechatterError } from '#contracts/error.js';

/** A call that its caller gave up: to people it is UNAVAILABLE, like the answer of a service that is busy; metrics tell them apart. */
export class NoAnswer extends FechatterError {
  constructor(message: string, cause: Error) {
    super('UNAVAILABLE', message, { retryAfterSeconds: 1, cause });
  }
}

/** Not begun: nobody is there. */
export function nobodyServes(subject: string, cause = new Error(`nobody serves ${subject}`)): FechatterError {
  return new NoAnswer('A part of the server is not running. Try again in a moment.', cause);
}

/** Not begun: there was no time left. */
export function timedOut(subject: string): FechatterError {
  return new NoAnswer('The answer took too long. Try again in a moment.', new Error(`deadline of ${subject}`));
}

/** Not begun: too many wait for this service already. */
export function tooManyWait(subject: string): FechatterError {
  return new NoAnswer(
    'A part of the server does not keep up. Try again in a moment.',
    new Error(`too many wait for ${subject}`),
  );
}

/** Not begun: nobody has answered for so long that it would be in vain. */
export function silent(): FechatterError {
  return new NoAnswer('A part of the server does not answer. Try again in a moment.', new Error('too many time-outs'));
}

/** Sent, and then nothing: only the service knows what became of it. */
export function unanswered(subject: string, reason: 'deadline' | 'connection'): FechatterError {
  return new NoAnswer(
    `${whatHappened[reason]}, and what was asked for may have been done. ` +
      'It is safe to send a message again with the same idempotency key; without one it may be stored twice.',
    new Error(`${reason} of ${subject}`),
  );
}

const whatHappened = {
  deadline: 'The answer took too long',
  connection: 'The connection was lost before the answer came',
} as const;
