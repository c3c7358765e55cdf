import { Bus, type CallContext } from '#bus/bus.js';
import { chatRpc } from '#contracts/chat.contract.js';
import { Username } from '#contracts/scalar.js';
import { userRpc } from '#contracts/user.contract.js';
import type { Condition } from '../engine/engine.js';
import type { Query } from '../language/query.js';
import { self } from '../self.js';

const longestName = 80;
/** Chats of one name that are found: the chat service puts those that are called just so first. */
const mostChats = 100;

/**
 * The query with ids in the place of names. A name that nobody has and one that the caller may not see match nothing,
 * both alike. `me` is the caller, whoever may have that name.
 */
export async function resolveNames(bus: Bus, query: Query, userId: number, call: CallContext): Promise<Condition> {
  const [senders, chats] = await Promise.all([
    sendersOf(bus, namesOf(query, 'from'), userId, call),
    chatsOf(bus, namesOf(query, 'in'), call),
  ]);
  const resolve = (each: Query): Condition => {
    switch (each.kind) {
      case 'from':
        return { kind: 'sender', ids: senders.get(keyOf(each.name)) ?? [] };
      case 'in':
        return { kind: 'chat', ids: chats.get(keyOf(each.name)) ?? [] };
      case 'all':
      case 'any':
        return { kind: each.kind, of: each.of.map(resolve) };
      case 'not':
        return { kind: 'not', condition: resolve(each.query) };
      default:
        return each;
    }
  };
  return resolve(query);
}

function namesOf(query: Query, kind: 'from' | 'in'): string[] {
  if (query.kind === kind) return [query.name];
  if (query.kind === 'not') return namesOf(query.query, kind);
  return query.kind === 'all' || query.kind === 'any' ? query.of.flatMap((each) => namesOf(each, kind)) : [];
}

async function sendersOf(bus: Bus, names: readonly string[], userId: number, call: CallContext) {
  const ids = new Map<string, number[]>([['me', [userId]]]);
  // Whoever registers as `me` must not take the word from everybody else.
  const usernames = [...new Set(names)].filter((name) => Username.safeParse(name).success && !ids.has(keyOf(name)));
  if (usernames.length === 0) return ids;
  const { users } = await bus.call(userRpc.findByNames, { usernames }, { within: call, as: self });
  for (const { id, username } of users) ids.set(keyOf(username), [id]);
  return ids;
}

async function chatsOf(bus: Bus, names: readonly string[], call: CallContext) {
  const known = [...new Set(names.map(keyOf))].filter((name) => name.length <= longestName);
  const found = known.map(async (name): Promise<[string, number[]]> => {
    const { chats } = await bus.call(chatRpc.search, { query: name, limit: mostChats }, { within: call });
    return [name, chats.filter((chat) => keyOf(chat.name) === name).map(({ id }) => id)];
  });
  return new Map(await Promise.all(found));
}

/** Names compare ignoring case. */
function keyOf(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
