import { Logger } from '#telemetry/logger.js';

const logger = new Logger('process');

/**
 * Runs `stop` once on SIGTERM or SIGINT, and leaves with 0. A second signal, or a stop longer than `limitMs`, leaves
 * at once with 1: nothing acknowledged depends on an orderly end.
 */
export function stopOnSignals(stop: () => Promise<void>, limitMs = 30_000): void {
  let stopping = false;
  const leave = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info('Stopping', { signal });
    setTimeout(() => process.exit(1), limitMs).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error('The stop was not orderly', error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', leave);
  process.on('SIGINT', leave);
}
