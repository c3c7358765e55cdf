import { ConfigError } from '#config/config.js';
import { ServerError } from '#servers/server-error.js';

/** A start that cannot succeed for a reason that the person can mend; the message is for them. */
export class StartError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'StartError';
  }
}

/** Whether an error's message is a sentence for the person at the terminal, to be printed without the stack. */
export function isForThePerson(error: unknown): error is Error {
  return [ConfigError, ServerError, StartError].some((kind) => error instanceof kind);
}
