import type { Caller } from '#bus/bus.js';

/** A signed-in user for the bus. */
export function asUser(userId: number, sessionId = 1): Caller {
  return { kind: 'user', user_id: userId, session_id: sessionId, expires_at: Math.floor(Date.now() / 1000) + 600 };
}

/** One of the services for the bus. */
export function asService(service: string): Caller {
  return { kind: 'service', service };
}
