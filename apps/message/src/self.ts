import type { Caller } from '#bus/bus.js';

/** The message service itself, where it calls others for nobody. */
export const self: Caller = { kind: 'service', service: 'message' };
