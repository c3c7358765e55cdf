import type { PresenceLease, PresenceSet } from '#contracts/presence.contract.js';

/** More is said in several events, each well below what the bus carries. */
const bytesAtOnce = 256 * 1024;

/** Everybody who is connected to a gateway: each part has all whose ids are in its range, and replaces only these. */
export function everybody(users: readonly PresenceLease[]): PresenceSet[] {
  const parts = slices([...users].sort((a, b) => a.user_id - b.user_id));
  return parts.map((part, index) => ({
    // A gateway that does not know of ranges takes what is full for the whole, and what follows for changes.
    full: index === 0,
    after: parts[index - 1]?.at(-1)?.user_id,
    up_to: index === parts.length - 1 ? undefined : part.at(-1)?.user_id,
    users: part,
  }));
}

/** Those who have changed. */
export function changes(users: readonly PresenceLease[]): PresenceSet[] {
  return slices(users).map((part) => ({ full: false, users: part }));
}

function slices(users: readonly PresenceLease[]): PresenceLease[][] {
  const parts: PresenceLease[][] = [[]];
  let bytes = 0;
  for (const user of users) {
    if (bytes > bytesAtOnce) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(user);
    bytes += 120 + 17 * user.chat_ids.length;
  }
  return parts;
}
