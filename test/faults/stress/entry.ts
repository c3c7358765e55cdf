import assert from 'node:assert/strict';
import { authApi } from '#contracts/http/auth.routes.js';
import { eventually } from '#testing/eventually.js';
import { Peer } from './peer.js';
import type { Scenario } from './scenario.js';
import { socketsPerUser } from './world.js';

/** The second in which gateways learn of it, and a little for the way. */
const revokedWithinMs = 1_000 + 200;

/** Who is let in, and until when. */
export const entry: readonly Scenario[] = [
  {
    name: 'a ticket lets in once',
    run: async (world) => {
      const { first, second } = world;
      const { ticket } = await world.person(0).client.call(authApi.createTicket);
      const peers = await Promise.all([first, second].map(({ url }) => Peer.open(url, `?ticket=${ticket}`)));
      const isIn = (peer: Peer) => peer.frames.some(({ type }) => type === 'ready');
      const outcomeOf = (peer: Peer) =>
        eventually(() => peer.closed?.code ?? (isIn(peer) ? 0 : undefined), 'it is decided');
      const outcomes = await Promise.all(peers.map(outcomeOf));
      assert.deepEqual(outcomes.sort(), [0, 4001]);
      await Promise.all(peers.map((peer) => peer.leave()));
    },
  },
  {
    name: 'a ticket that nobody was given does not let in',
    run: async ({ first }) => assert.equal(await codeOf(await Peer.open(first.url, '?ticket=made-up')), 4001),
  },
  {
    name: 'a forged token does not let in',
    run: async (world) => {
      const [head, , signature] = world.person(0).token.split('.');
      const claims = Buffer.from(JSON.stringify({ sub: '1', sid: 1, exp: 4_000_000_000 })).toString('base64url');
      for (const token of ['nonsense', `${head}.${claims}.${signature}`, `${head}.${claims}.`]) {
        const peer = await Peer.open(world.first.url);
        peer.send({ type: 'auth', token });
        assert.equal(await codeOf(peer), 4001);
      }
    },
  },
  {
    name: 'a connection does not change hands',
    run: async (world) => {
      const peer = await world.enter(world.person(0));
      peer.send({ type: 'auth', token: world.person(1).token });
      assert.equal(await codeOf(peer), 4001);
    },
  },
  {
    name: 'a page of another origin is refused before the upgrade',
    run: async ({ first }) => {
      for (const origin of ['https://evil.example', 'null', `http://localhost.evil.example:${first.port}`])
        assert.equal((await Peer.open(first.url, '', { origin })).refused, 403);
      assert.equal((await fetch(`${first.url}/api/events`)).status, 401);
    },
  },
  {
    name: 'signing out closes the sockets on every gateway with 4003',
    run: async (world) => {
      const leaving = await world.newcomer();
      const peers = await Promise.all(world.all.map((gateway) => world.enter(leaving, gateway)));
      await leaving.client.logout();
      assert.deepEqual(await Promise.all(peers.map((peer) => codeOf(peer))), [4003, 4003, 4003]);
    },
  },
  {
    name: 'signing out closes the sockets although its event is lost',
    isAlone: true,
    run: async (world) => {
      const leaving = await world.newcomer();
      const peers = await Promise.all(world.all.map((gateway) => world.enter(leaving, gateway)));
      for (const { bus } of world.all) bus.isDeaf = true;
      try {
        await leaving.client.logout();
        const codes = await Promise.all(peers.map((peer) => codeOf(peer, revokedWithinMs)));
        assert.deepEqual(codes, [4003, 4003, 4003]);
      } finally {
        for (const { bus } of world.all) bus.isDeaf = false;
      }
    },
  },
  {
    name: 'a user has so many sockets and no more',
    run: async (world) => {
      const greedy = await world.newcomer();
      const peers = await Promise.all(Array.from({ length: socketsPerUser }, () => world.enter(greedy, world.limited)));
      const more = await Peer.open(world.limited.url);
      more.send({ type: 'auth', token: greedy.token });
      assert.equal(await codeOf(more), 4029);
      for (const peer of peers) await peer.leave();
      await (await world.enter(greedy, world.limited)).leave();
    },
  },
];

async function codeOf(peer: Peer, withinMs?: number): Promise<number> {
  return (await peer.closing(withinMs)).code;
}
