import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventually } from '#testing/eventually.js';
import { heldInside } from './insides.js';
import type { World } from './world.js';

/** Counts of what is held, by name. */
type Holdings = Readonly<Record<string, number>>;

/** A heap is never the same twice. */
const tolerance: Holdings = { 'MiB of memory': 40 };

/** What this process holds: as much as before the world was built once it is closed. */
export async function heldByProcess(): Promise<Holdings> {
  const resources = process.getActiveResourcesInfo();
  const count = (name: string) => resources.filter((resource) => resource === name).length;
  return { sockets: count('TCPSocketWrap'), servers: count('TCPServerWrap'), timers: count('Timeout') };
}

/** What the gateways of a world hold for connections: nothing when there are none. */
export async function heldByGateways(world: World): Promise<Holdings> {
  setFlagsFromString('--expose_gc');
  (runInNewContext('gc') as () => void)();
  return {
    subscriptions: world.all.reduce((sum, { bus }) => sum + bus.openSubscriptions, 0),
    connections: await world.openConnections(),
    ...heldInside(),
    'MiB of memory': Math.round(process.memoryUsage().heapUsed / 2 ** 20),
  };
}

/** Waits until no more is held than before; throws what is if it does not come to that. */
export async function expectNoMore(before: Holdings, look: () => Promise<Holdings>): Promise<void> {
  let more: string[] = [];
  const compare = async () => {
    const now = Object.entries(await look());
    const isMore = ([what, count]: [string, number]) => count > (before[what] ?? 0) + (tolerance[what] ?? 0);
    more = now.filter(isMore).map(([what, count]) => `${count} ${what}`);
    return more.length === 0;
  };
  await eventually(compare, 'nothing is left behind', 15_000).catch(() => {
    throw new Error(`Held are ${more.join(', ')}; before: ${JSON.stringify(before)}`);
  });
}
