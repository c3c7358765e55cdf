import { pino, type DestinationStream, type Logger as PinoLogger, type LoggerOptions } from 'pino';
import { currentIds } from './current-span.js';

/** Names that never reach a log with their values, at any of the depths that our own code logs. */
const secrets = ['password', 'token', 'refresh_token', 'ticket', 'authorization', 'cookie', 'content', 'secret'];

let root: PinoLogger = build('info', 'fechatter');

function build(level: string, app: string, destination?: DestinationStream): PinoLogger {
  const options: LoggerOptions = {
    level,
    base: { app, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: 'message',
    mixin: currentIds,
    formatters: { level: (label) => ({ level: label }) },
    // Pino's own would keep of the causes their messages only.
    serializers: { err: (described: object) => described },
    redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/**
 * Sets level and app name for every Logger of this process; called once at the start. `destination` gets the lines in
 * place of standard output.
 */
export function configureLogging(level: string, app: string, destination?: DestinationStream): void {
  root = build(level, app, destination);
}

/** JSON lines on standard output. Give facts as fields, never secrets or message text. */
export class Logger {
  constructor(private readonly name: string) {}

  debug(message: string, fields: object = {}): void {
    root.debug({ logger: this.name, ...fields }, message);
  }

  info(message: string, fields: object = {}): void {
    root.info({ logger: this.name, ...fields }, message);
  }

  warn(message: string, fields: object = {}): void {
    root.warn({ logger: this.name, ...fields }, message);
  }

  error(message: string, error: unknown, fields: object = {}): void {
    root.error({ logger: this.name, ...fields, err: describe(error) }, message);
  }
}

/**
 * An error without what a driver may have hung onto it: parameters and details of PostgreSQL errors carry message text.
 */
function describe(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error ? { code: String(error.code) } : {};
  const cause = error.cause === undefined ? {} : { cause: describe(error.cause) };
  return { name: error.name, message: error.message, ...code, stack: error.stack, ...cause };
}
