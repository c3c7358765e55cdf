import 'reflect-metadata';
import { runApp } from '#service/run.js';
import { gatewayApp } from '../../../apps/gateway/src/gateway.app.js';
import { HeadComparison } from '../../../apps/gateway/src/realtime/delivery/head-comparison.js';
import { Hub } from '../../../apps/gateway/src/realtime/delivery/hub.js';

// A gateway with a bug that was planted: tests that pass on it cannot see what they are there to see.
const plants: Readonly<Record<string, () => void>> = {
  /** Whoever comes back is live at once, and what they missed is not sent. */
  resume: () => {
    Hub.prototype.resume = async () => [];
  },
  /** What a lost event left out is found only by the next event. */
  comparison: () => {
    HeadComparison.prototype.onApplicationBootstrap = () => undefined;
  },
};

plants[process.env.BROKEN_ON_PURPOSE ?? '']?.();
await runApp(gatewayApp);
