import { Counter, Gauge } from 'prom-client';
import { closeCode } from '#contracts/frame.js';
import { metrics } from '#telemetry/metrics.js';

const registers = [metrics];

export const openConnections = new Gauge({
  name: 'fechatter_realtime_connections',
  help: 'Open realtime connections',
  labelNames: ['transport'],
  registers,
});

export const closedConnections = new Counter({
  name: 'fechatter_realtime_closed_total',
  help: 'Realtime connections that ended, by close code; client: one that the client has made up',
  labelNames: ['code'],
  registers,
});

/** Of those who just go. */
const plain = ['1000', '1001', '1005', '1006'];

/** Everything that `code` may be. */
export const endCodes: readonly string[] = [...Object.values(closeCode).map(String), ...plain, 'client'];

/** What clients send as their code becomes no label: each could be another one, or one of ours that somebody looks at. */
export function codeOfClient(code: number): string {
  return plain.includes(String(code)) ? String(code) : 'client';
}

export const thinnedFrames = new Counter({
  name: 'fechatter_realtime_thinned_frames_total',
  help: 'Frames that slow clients were spared: dropped, or merged with what else they wait for',
  labelNames: ['outcome'],
  registers,
});

interface Reader {
  readonly behindSince: number | undefined;
}

const hubs: { readonly rooms: ReadonlyMap<number, { readonly reader: Reader }> }[] = [];

new Gauge({
  name: 'fechatter_realtime_log_lag_seconds',
  help: 'Time for which entries of a log have been known and not been had, of the chat where it is longest',
  registers,
  collect() {
    const now = Date.now();
    let since = now;
    for (const { rooms } of hubs)
      for (const { reader } of rooms.values()) since = Math.min(since, reader.behindSince ?? now);
    this.set((now - since) / 1_000);
  },
});

/** Shows how far the rooms of a hub are behind their logs; the hub lives as long as the process. */
export function showLag(hub: (typeof hubs)[number]): void {
  hubs.push(hub);
}
