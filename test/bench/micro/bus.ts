import 'reflect-metadata';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { connect } from '@nats-io/transport-node';
import type { Caller } from '#bus/bus.js';
import { LocalBus } from '#bus/local-bus.js';
import { NatsBus } from '#bus/nats-bus.js';
import { startNats } from '#servers/nats.js';
import { configureLogging } from '#telemetry/logger.js';
import type { Figure, Setting } from '../bench.js';
import { compare, takeTurns, type Side } from '../rounds.js';
import { dataFolder } from '../subject.js';
import { busSecret, echo, serveEcho } from './echo-contract.js';

const request = {
  chat_id: 4_711,
  content: 'Has anybody seen why the build fails on the second run only? It is green for me.',
  idempotency_key: 'b1946ac9-2f6d-4d0f-8a2e-5d3f0c2b7e11',
  parent_id: null,
};
const user: Caller = { kind: 'user', user_id: 7, session_id: 70, expires_at: Math.floor(Date.now() / 1000) + 3_600 };
const widths = [1, 16, 128];
const bare = 'bare nc.request to an echo';

/**
 * Round trips a second over the bus, with validation, identity and Nest's handler, against a bare request of the NATS
 * client. Client and server are two processes, except for LocalBus.
 */
export async function busRoundTrips(setting: Setting): Promise<Figure[]> {
  configureLogging('error', 'bench');
  const dir = dataFolder('nats');
  mkdirSync(dir, { recursive: true });
  const nats = await startNats({ dir });
  const server = fork(fileURLToPath(new URL('bus-process.js', import.meta.url)), [nats.url]);
  try {
    await once(server, 'message');
    const connection = await connect({ servers: nats.url, noAsyncTraces: true });
    const natsBus = await NatsBus.connect({ url: nats.url, secret: busSecret, name: 'bench-client' });
    const localBus = new LocalBus({ freeze: false });
    const stop = await serveEcho(localBus);
    const payload = Buffer.from(JSON.stringify(request));
    const figures: Figure[] = [];
    for (const width of widths) {
      const side = (name: string, call: () => Promise<unknown>): Side => ({
        name,
        measure: async () => ({ perSecond: await inFlight(call, width, setting.quick ? 0.3 : 1) }),
      });
      const rounds = await takeTurns(setting, `bus, ${width} in flight`, [
        side('LocalBus', () => localBus.call(echo, request, { as: user })),
        side('NatsBus', () => natsBus.call(echo, request, { as: user })),
        side(bare, () => connection.request('bare', payload, { timeout: 5_000 })),
      ]);
      for (const bus of ['LocalBus', 'NatsBus']) {
        const name = `bus round trip, ${bus}, ${width} in flight`;
        figures.push({ name, unit: 'calls/s', ...compare(rounds, bus, bare) });
      }
    }
    await stop();
    await Promise.all([natsBus.close(), localBus.close(), connection.close()]);
    return figures;
  } finally {
    server.kill();
    await nats.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Calls a second while so many are always under way. */
async function inFlight(call: () => Promise<unknown>, width: number, seconds: number): Promise<number> {
  let calls = 0;
  const started = performance.now();
  const until = started + seconds * 1000;
  const work = async () => {
    for (; performance.now() < until; calls++) await call();
  };
  await Promise.all(Array.from({ length: width }, work));
  return (calls * 1000) / (performance.now() - started);
}
