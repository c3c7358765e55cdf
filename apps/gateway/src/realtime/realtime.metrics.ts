import { Counter, Gauge } from 'prom-client';
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
  help: 'Realtime connections that ended, by close code',
  labelNames: ['code'],
  registers,
});

export const thinnedFrames = new Counter({
  name: 'fechatter_realtime_thinned_frames_total',
  help: 'Frames that slow clients were spared: dropped, or merged with what else they wait for',
  labelNames: ['outcome'],
  registers,
});
