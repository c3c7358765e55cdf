import type { Caller } from '#bus/bus.js';

/** The chat service itself, where it calls others for nobody. */
export const self: Caller = { kind: 'service', service: 'chat' };
