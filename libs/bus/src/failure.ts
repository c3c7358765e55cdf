import { FechatterError } from '#contracts/error.js';
import { Logger } from '#telemetry/logger.js';

const logger = new Logger('bus');

/** What the caller may know of a failure: domain errors as they are, everything else is logged here and stays here. */
export function toVisible(error: unknown, subject: string, requestId?: string): FechatterError {
  if (error instanceof FechatterError) return error;
  logger.error('A handler failed', error, { subject, request_id: requestId });
  return new FechatterError('INTERNAL_ERROR');
}
