import type { PresenceStatus } from '#contracts/presence.contract.js';

/** Who is there, as far as this gateway knows. */
export abstract class PresenceReader {
  /** Has an entry for each of the users; those who are not known to be there are offline. */
  abstract statusOf(userIds: number[]): Map<number, PresenceStatus>;
}
