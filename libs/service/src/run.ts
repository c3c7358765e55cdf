import { NatsBus } from '#bus/nats-bus.js';
import { BusIndicator } from '#bus/bus.indicator.js';
import { readConfig, readTogether } from '#config/config.js';
import { NatsConfig, ProcessConfig } from '#config/process.config.js';
import { Probes } from '#health/probes.js';
import { configureLogging, Logger } from '#telemetry/logger.js';
import { configureMetrics } from '#telemetry/metrics.js';
import type { App } from './app.js';
import { runUntilEnd } from './lifetime.js';
import { startOperationsServer, type OperationsServer } from './operations-server.js';
import { ensurePortIsFree } from './port.js';
import { StartError } from './start-error.js';
import { traceWith } from './trace-with.js';
import { version } from './version.js';

/** What a process tells its launcher, over the IPC channel, when it serves. */
export interface ReadyMessage {
  readonly ready: true;
  /** Where people connect, if this app is for them. */
  readonly port: number | undefined;
}

/** Runs one app as a process of its own over NATS, until a signal ends it. */
export async function runApp(app: App): Promise<void> {
  await runUntilEnd(async (lifetime) => {
    const [settings, config] = readTogether(
      () => readConfig(ProcessConfig.extend(NatsConfig.shape)),
      () => readConfig(app.config),
    );
    configureLogging(settings.LOG_LEVEL, app.name);
    configureMetrics(settings.FECHATTER_METRICS === 'on');
    await traceWith(settings, app.name, lifetime);
    await ensurePortIsFree(settings.HEALTH_PORT, settings.HOST, 'HEALTH_PORT');
    // The probes answer to the last: an app that finishes its work is not ready, but alive.
    let operations: OperationsServer | undefined = undefined;
    lifetime.onEnd(async () => operations?.close());
    const bus = await connect(settings, app.name);
    lifetime.onEnd(() => bus.close());
    const running = await app.start({
      config,
      bus,
      validateReplies: settings.FECHATTER_VALIDATE_REPLIES === 'true',
      production: settings.NODE_ENV === 'production',
      replicated: true,
    });
    lifetime.onEnd(() => running.stop());
    const probes = new Probes([new BusIndicator(bus), ...running.indicators], version);
    operations = await startOperationsServer(probes, settings.HOST, settings.HEALTH_PORT);
    lifetime.onEnd(async () => probes.stop());
    new Logger('process').info('Ready', { port: running.port, health_port: operations.port, version });
    process.send?.({ ready: true, port: running.port } satisfies ReadyMessage);
  });
}

async function connect(settings: ProcessConfig & NatsConfig, name: string): Promise<NatsBus> {
  try {
    return await NatsBus.connect({ url: settings.NATS_URL, secret: settings.FECHATTER_BUS_SECRET, name });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(`${reason}. Is it running, and is NATS_URL right?`, { cause });
  }
}
