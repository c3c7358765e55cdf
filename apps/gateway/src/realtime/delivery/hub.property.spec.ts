import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LocalBus } from '#bus/local-bus.js';
import { configureLogging } from '#telemetry/logger.js';
import { eventually } from '#testing/eventually.js';
import { Hub } from './hub.js';
import { InboxSource } from './inbox-source.js';
import { Client, Logs, nextTurn, type Fate } from './log.fixture.js';
import { LogSource } from './log-source.js';

interface Step {
  kind: 'send' | 'add' | 'remove' | 'connect' | 'turn';
  chat: number;
  user: number;
  fate: Fate;
}

const chats = [1, 2];
/** Scenarios that run beside each other: each waits more than it works. */
const atOnce = 25;

function scenarios(...fates: Fate[]): fc.Arbitrary<Step[][]> {
  const kind = fc.constantFrom<Step['kind'][]>(
    'send',
    'send',
    'send',
    'add',
    'remove',
    'connect',
    'turn',
    'turn',
    'turn',
  );
  const step = fc.record({
    kind,
    chat: fc.constantFrom(...chats),
    user: fc.integer({ min: 10, max: 12 }),
    fate: fc.constantFrom(...fates),
  });
  const scenario = fc.array(step, { minLength: 5, maxLength: 80, size: 'max' });
  return fc.array(scenario, { minLength: atOnce, maxLength: atOnce });
}

async function playAll(plays: readonly Step[][], compares: boolean): Promise<void> {
  await Promise.all(
    plays.map(async (steps) => {
      try {
        await play(steps, compares);
      } catch (error) {
        throw new Error(
          `${compares} ${JSON.stringify(steps.map(({ kind, chat, user, fate }) => [kind, chat, user, fate]))}`,
          { cause: error },
        );
      }
    }),
  );
}

/** Runs the steps, waits until nothing moves any more, and checks what every client was sent. */
async function play(steps: readonly Step[], compares: boolean): Promise<void> {
  const bus = new LocalBus({ freeze: true });
  const logs = new Logs(bus);
  const hub = new Hub(bus, new LogSource(bus), new InboxSource(bus));
  const clients: Client[] = [];
  const opening: Promise<unknown>[] = [];
  for (const { kind, chat, user, fate } of steps) {
    if (kind === 'send') logs.send(chat, fate);
    else if (kind === 'add') logs.add(chat, user, fate);
    else if (kind === 'remove') logs.remove(chat, user, fate);
    else if (kind === 'turn') await nextTurn();
    else {
      const client = new Client(hub, user);
      clients.push(client);
      opening.push(client.open());
    }
  }
  await Promise.all(opening);
  logs.release();
  await untilRight(clients, logs, () => compares && logs.compare(hub));
  for (const client of clients) client.connection.closed(1000);
  expect([hub.rooms.size, hub.users.size]).toEqual([0, 0]);
  await bus.close();
}

/** Right, and nothing more comes: what is sent twice or too much would follow. */
async function untilRight(clients: readonly Client[], logs: Logs, nudge: () => void): Promise<void> {
  const places = () => clients.map((client) => chats.map((chat) => client.seqs(chat).length)).join();
  const seen: string[] = [];
  let wrong: unknown;
  await eventually(
    () => {
      nudge();
      seen.push(places());
      if (seen.length < 7 || new Set(seen.slice(-6)).size > 1) return false;
      try {
        for (const client of clients) for (const chat of chats) check(client, chat, logs);
        return true;
      } catch (error) {
        wrong = error;
        return false;
      }
    },
    () => `clients have what they should: ${String(wrong)}`,
    10_000,
  );
}

/** A stay that began and ended before the gateway could hear of it may be missing, but only as a whole. */
function check(client: Client, chat: number, logs: Logs): void {
  const seqs = client.seqs(chat);
  const head = client.heads[chat];
  const stays = logs.stays(chat, client.userId, head ?? 0);
  const parts = stays.map((stay) => stay.filter((seq) => seqs.includes(seq)));
  parts.forEach((part, index) => expect([[], stays[index]]).toContainEqual(part));
  expect(seqs).toEqual(parts.flat());
  if (logs.isMember(chat, client.userId)) expect(parts.at(-1)).toEqual(stays.at(-1));
  if (head !== undefined && stays[0]?.[0] === head + 1) expect(parts[0]).toEqual(stays[0]);
}

describe('Every client is sent exactly the stays of its user, in order', () => {
  beforeAll(() => configureLogging('error', 'spec'));
  afterAll(() => configureLogging('info', 'spec'));

  it('without any comparison while no event is lost, though some come twice, late, or without entries', async () => {
    const some = scenarios('arrives', 'arrives', 'twice', 'bare', 'late');
    const all = fc.asyncProperty(some, async (plays) => {
      await playAll(plays, false);
    });
    await fc.assert(all, { numRuns: 8, endOnFailure: true });
  });

  it('by comparison of heads and inboxes whatever events are lost', async () => {
    const some = scenarios('arrives', 'lost', 'lost', 'twice', 'bare', 'late');
    const all = fc.asyncProperty(some, async (plays) => {
      await playAll(plays, true);
    });
    await fc.assert(all, { numRuns: 8, endOnFailure: true });
  });
});
