import type { PresenceStatus } from '#contracts/presence.contract.js';

/** Who is there, as far as this gateway knows. */
export abstract class PresenceReader {
  /** Has an entry for each of the users; who is not known to be there is offline. */
  abstract statusOf(userIds: number[]): Map<number, PresenceStatus>;
}
