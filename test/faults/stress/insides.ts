import { Hub } from '../../../apps/gateway/src/realtime/delivery/hub.js';
import { PresenceWatchers } from '../../../apps/gateway/src/realtime/presence/presence-watchers.js';

/** Parts of gateways that keep something for each connection or user, as they are met. */
const keepers = new Set<object>();

function remember(part: object, method: string): void {
  const original = Reflect.get(part, method) as (...given: unknown[]) => unknown;
  Reflect.set(part, method, function (this: object, ...given: unknown[]) {
    keepers.add(this);
    return original.apply(this, given);
  });
}

remember(Hub.prototype, 'enter');
remember(PresenceWatchers.prototype, 'watch');

/**
 * What the hubs of all gateways (rooms, users, feeds) and the watchers of presence hold: nothing without connections.
 * Every map and set of theirs counts, by its name; whatever they are called.
 */
export function heldInside(): Record<string, number> {
  const held: Record<string, number> = {};
  for (const keeper of keepers) {
    for (const [name, value] of Object.entries(keeper) as [string, unknown][]) {
      if (!(value instanceof Map || value instanceof Set)) continue;
      const what = `${name} of ${keeper.constructor.name}`;
      held[what] = (held[what] ?? 0) + value.size;
    }
  }
  return held;
}
