import type { LoggerService } from '@nestjs/common';
import { Logger } from './logger.js';

/** Lets Nest's own messages pass through our logger: its start-up chatter as debug, the rest as it is. */
export class NestLogger implements LoggerService {
  private readonly logger = new Logger('nest');

  log(message: unknown, ...context: unknown[]): void {
    this.logger.debug(String(message), { context });
  }

  warn(message: unknown, ...context: unknown[]): void {
    this.logger.warn(String(message), { context });
  }

  error(message: unknown, ...context: unknown[]): void {
    this.logger.error('Nest reports an error', message, { context });
  }
}
