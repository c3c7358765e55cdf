import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chatsApi } from '#contracts/http/chat.routes.js';
import { invitesApi } from '#contracts/http/invite.routes.js';
import { usersApi } from '#contracts/http/user.routes.js';
import { workspacesApi } from '#contracts/http/workspace.routes.js';
import { presenceLeaseMs, renewalMs } from '../../apps/gateway/src/realtime/presence/presence-leases.js';
import { typingLeaseMs } from '../../apps/gateway/src/realtime/presence/typists.js';
import { Installation, type Gateway } from './installation.js';
import { atNight } from './nightly.js';
import { Device, type State } from './presence/device.js';

/** What changes on one gateway is known on all of them by then. */
const soonMs = 1_000;
/** What a machine on which everything runs at once may add. */
const busyMs = 2_000;

let installation: Installation;
/** Two that stay, and one that starts later and is killed. */
let gateways: Record<'first' | 'second', Gateway> & { third?: Gateway };
const devices: Device[] = [];
let workspaceId: number;
let chatId: number;
let alice: Device;
/** Is on two gateways at once. */
let carol: Device;
/** Those who watch Alice and Carol, each on one of the gateways that stay. */
let watchers: Device[];
/** When the third gateway was killed. */
let killedAt: number;

beforeAll(async () => {
  installation = await Installation.start();
  const services = (['auth', 'chat', 'message'] as const).map((app) => installation.service(app));
  const [first, second] = await Promise.all([installation.gateway(), installation.gateway(), ...services]);
  gateways = { first, second };
  [alice, carol] = [device('alice', first), device('carol', second)];
  watchers = [device('bob', second), device('dora', first)];
  const others = [carol, ...watchers];
  for (const person of [alice, ...others]) await person.register();
  workspaceId = (await alice.client.call(workspacesApi.list)).workspaces[0]?.id ?? 0;
  const invitation = { params: { id: workspaceId }, body: { role: 'member' as const } };
  const { invite_code: code } = await alice.client.call(invitesApi.create, invitation);
  for (const { client } of others) await client.call(invitesApi.accept, { params: { code } });
  const member_ids = others.map(({ userId }) => userId);
  const body = { workspace_id: workspaceId, name: 'leases', type: 'channel' as const, member_ids };
  chatId = (await alice.client.call(chatsApi.create, { body })).id;
  for (const watcher of watchers) await watcher.connect(alice.userId, carol.userId);
}, 120_000);

afterAll(async () => {
  for (const { client } of devices) client.stop();
  await installation.close();
});

/** One more device of a person. */
function device(name: string, { url }: Gateway): Device {
  const made = new Device(name, url);
  devices.push(made);
  return made;
}

/** How long after `since` each of them is told this of somebody. */
function all(listeners: readonly Device[], { userId }: Device, state: State, since: number, limitMs?: number) {
  return Promise.all(listeners.map((listener) => listener.hears(userId, state, since, limitMs)));
}

describe('Presence on several gateways', () => {
  it('is told on every one within a second: coming, being away and leaving', async () => {
    const delays = await all(watchers, alice, 'online', await alice.connect());
    const changes = [
      { state: 'away', act: () => alice.client.setStatus('away') },
      { state: 'online', act: () => alice.client.setStatus('online') },
      { state: 'offline', act: () => alice.client.stop() },
    ] as const;
    for (const { state, act } of changes) {
      const since = performance.now();
      act();
      delays.push(...(await all(watchers, alice, state, since)));
    }
    delays.sort((a, b) => a - b);
    process.stdout.write(`presence was told after ${delays.map((ms) => ms.toFixed(0)).join(', ')} ms\n`);
    expect(delays[delays.length / 2]).toBeLessThan(soonMs);
    expect(delays.at(-1)).toBeLessThan(soonMs + busyMs);
  });

  it('is known at once to one that has just started, as its own is to the others', async () => {
    await all(watchers, carol, 'online', await carol.connect());
    const third = (gateways.third = await installation.gateway());
    const newcomer = device('bob', third);
    const delays = await all([newcomer], carol, 'online', await newcomer.connect(alice.userId, carol.userId));
    const { users } = await newcomer.client.call(usersApi.list, { query: { workspace_id: workspaceId } });
    const statuses = new Map(users.map(({ id, status }) => [id, status]));
    expect([alice, carol, newcomer].map(({ userId }) => statuses.get(userId))).toEqual(['offline', 'online', 'online']);
    await device('carol', third).connect();
    alice = device('alice', third);
    delays.push(...(await all([newcomer, ...watchers], alice, 'online', await alice.connect())));
    expect(Math.max(...delays)).toBeLessThan(soonMs + busyMs);
  });

  it('shows nobody typing for longer than a lease after kill -9 of theirs', async () => {
    const since = performance.now();
    alice.client.typing(chatId);
    await all(watchers, alice, 'typing', since);
    killedAt = performance.now();
    await gateways.third?.process.kill();
    const delays = await all(watchers, alice, 'silent', killedAt);
    expect(Math.max(...delays)).toBeLessThan(typingLeaseMs + busyMs);
  });

  atNight('ends with a lease after kill -9 of theirs, and not for who is on another one too', async () => {
    const delays = await all(watchers, alice, 'offline', killedAt, presenceLeaseMs + 10_000);
    process.stdout.write(`the lease ended ${delays.map((ms) => ms.toFixed(0)).join(' and ')} ms after kill -9\n`);
    expect(Math.max(...delays)).toBeLessThan(presenceLeaseMs + busyMs);
    // It had said everything not longer ago than it always does.
    expect(Math.min(...delays)).toBeGreaterThan(presenceLeaseMs - renewalMs - soonMs);
    expect(watchers.map((watcher) => watcher.heardOf(carol.userId))).toEqual([['online'], ['online']]);
  });

  atNight('begins again on one that was started after that', async () => {
    const fourth = await installation.gateway();
    const newcomer = device('dora', fourth);
    await all([newcomer], carol, 'online', await newcomer.connect(alice.userId, carol.userId));
    expect(newcomer.heardOf(alice.userId)).toEqual([]);
    alice = device('alice', fourth);
    const delays = await all([newcomer, ...watchers], alice, 'online', await alice.connect());
    expect(Math.max(...delays)).toBeLessThan(soonMs + busyMs);
  });
});
