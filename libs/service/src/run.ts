import { NatsBus } from '#bus/nats-bus.js';
import { BusIndicator } from '#bus/bus.indicator.js';
import { ConfigError, readConfig } from '#config/config.js';
import { NatsConfig, ProcessConfig } from '#config/process.config.js';
import { Probes } from '#health/probes.js';
import { configureLogging, Logger } from '#telemetry/logger.js';
import type { App } from './app.js';
import { startOperationsServer } from './operations-server.js';
import { stopOnSignals } from './shutdown.js';
import { version } from './version.js';

/** Runs one app as a process of its own over NATS, until a signal ends it. */
export async function runApp(app: App): Promise<void> {
  const logger = new Logger('process');
  try {
    const settings = readConfig(ProcessConfig.extend(NatsConfig.shape));
    const config = readConfig(app.config);
    configureLogging(settings.LOG_LEVEL, app.name);
    const bus = await NatsBus.connect({
      url: settings.NATS_URL,
      secret: settings.FECHATTER_BUS_SECRET,
      name: app.name,
    });
    const running = await app.start({ config, bus, validateReplies: settings.FECHATTER_VALIDATE_REPLIES === 'true' });
    const probes = new Probes([new BusIndicator(bus), ...running.indicators], version);
    const operations = await startOperationsServer(probes, settings.HOST, settings.HEALTH_PORT);
    stopOnSignals(async () => {
      probes.stop();
      await running.stop();
      await bus.close();
      await operations.close();
    });
    logger.info('Ready', { health_port: operations.port, version });
    process.send?.('ready');
  } catch (error) {
    if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
    else logger.error('The start failed', error);
    process.exit(1);
  }
}
