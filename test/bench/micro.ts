import type { Bench } from './bench.js';
import { busRoundTrips } from './micro/bus.js';
import { codeTimes } from './micro/code.js';

/** Small pieces by themselves. Times are of one run; the bus has calls a second. */
export const micro: Bench = {
  name: 'micro',
  about: 'message parsing, cache get, token check, frame encoding (mitata), bus round trips',
  topologies: ['standalone'],
  run: async (setting) => ({ figures: [...(await codeTimes(setting)), ...(await busRoundTrips(setting))] }),
};
