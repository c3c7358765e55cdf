/** `in_use`: somebody else holds the folder; `port_in_use`; `missing`: no program to run; `refused`: anything else that the person has to decide. */
export type ServerErrorCode = 'in_use' | 'port_in_use' | 'missing' | 'refused' | 'failed';

/** A server could not be started. The message is a sentence for the person at the terminal and says what to do; print it without the stack. */
export class ServerError extends Error {
  constructor(
    readonly code: ServerErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'ServerError';
  }
}
