import assert from 'node:assert/strict';
import { sql } from '#database/statement.js';
import { eventually } from '#testing/eventually.js';
import { range } from '#testing/range.js';
import { Follower } from './follower.js';
import type { Scenario } from './scenario.js';
import type { World } from './world.js';

const raiseEpoch = sql('spec.raise_epoch', 'UPDATE message.log_epoch SET epoch = epoch + 1');

/** Says one thing after another while something is done; answers the last seq. */
async function whileTalking(world: World, chat: number, act: () => Promise<void>): Promise<number> {
  let isOver = false;
  const talk = (async () => {
    while (!isOver) await world.say(chat);
  })();
  try {
    await act();
  } finally {
    isOver = true;
    await talk;
  }
  return (await world.say(chat)).seq;
}

async function kickedAndMoved(world: World, transport: 'websocket' | 'sse', kicks: number): Promise<void> {
  const chat = await world.chat(...world.people);
  const gateways = [world.first, world.second] as const;
  const followers = await Promise.all(
    range(0, 5).map((n) => Follower.start(world.person(n), gateways[n % 2 === 0 ? 0 : 1], transport)),
  );
  const last = await whileTalking(world, chat, async () => {
    for (let kick = 0; kick < kicks; kick++)
      await Promise.all(followers.map((follower, n) => follower.kick(gateways[(n + kick) % 2 === 0 ? 1 : 0])));
  });
  for (const follower of followers) {
    assert.equal(follower.client.counters.connections, kicks + 1);
    await follower.ends(chat, 2, last);
    // The gateways brought all of it: no hole was filled over HTTP. What an event stream leaves out may be.
    if (transport === 'websocket') assert.equal(follower.client.counters.fetched, 0);
  }
}

/** Connections that end all the time, and the ends of servers' patience. */
export const storms: readonly Scenario[] = [
  {
    name: 'who is kicked and moved again and again misses nothing, by WebSocket',
    run: (world) => kickedAndMoved(world, 'websocket', 12),
  },
  {
    name: 'who is kicked and moved again and again misses nothing, by event stream',
    run: (world) => kickedAndMoved(world, 'sse', 6),
  },
  {
    name: 'a connection that breaks in the middle of a frame loses nothing',
    run: async (world, random) => {
      const chat = await world.chat(world.person(0));
      const follower = await Follower.start(world.person(0), world.first);
      const last = await whileTalking(world, chat, async () => {
        for (let cut = 0; cut < 8; cut++) {
          const { connections } = follower.client.counters;
          follower.proxy.bytesLeft = random.between(500, 4_000);
          await follower.returns(connections);
        }
      });
      follower.proxy.bytesLeft = Infinity;
      assert.ok(follower.proxy.counts.cuts >= 8);
      await follower.ends(chat, 2, last);
    },
  },
  {
    name: 'a slow network delays and loses nothing',
    run: async (world) => {
      const chat = await world.chat(world.person(0));
      const follower = await Follower.start(world.person(0), world.first);
      follower.proxy.latencyMs = 150;
      const last = await world.sayAll(chat, 40);
      await follower.ends(chat, 2, last);
    },
  },
  {
    name: 'a slow reader delays nobody, is closed with 4008 and has everything afterwards',
    run: async (world) => {
      const [slow, quick] = [world.person(0), world.person(1)];
      const chat = await world.chat(slow, quick);
      const reader = await world.enter(slow);
      const witness = await world.enter(quick);
      reader.socket.pause();
      const content = 'x'.repeat(16_000);
      let last = 0;
      for (let count = 0; count < 10; count++) {
        const sent = await Promise.all(range(1, 80).map(() => world.say(chat, content)));
        last = sent.at(-1)?.seq ?? 0;
        await witness.reaches(chat, last);
      }
      assert.deepEqual(witness.seqs(chat), range(2, last));
      const closed = () => world.closedWith(4008);
      await eventually(async () => (await closed()) > 0, 'the slow one is closed', 20_000);
      reader.socket.resume();
      await reader.closing();
      const have = reader.seqs(chat);
      assert.deepEqual(have, range(2, have.length + 1));
      const back = await world.enter(slow, world.second);
      await back.resume({ [chat]: last - 150 });
      assert.deepEqual(back.seqs(chat), range(last - 149, last));
      for (const peer of [witness, back]) await peer.leave();
    },
  },
  {
    name: 'after a restore everybody is asked to connect anew, and goes on',
    isAlone: true,
    run: async (world) => {
      const chat = await world.chat(world.person(0));
      const peers = await Promise.all(world.all.map((gateway) => world.enter(world.person(0), gateway)));
      const follower = await Follower.start(world.person(0), world.first);
      const { connections } = follower.client.counters;
      const { epoch } = peers[0] ?? assert.fail();
      await (await world.house.database('message')).query(raiseEpoch, []);
      for (const peer of peers) {
        const { code, reason } = await peer.closing();
        assert.equal(code, 1012);
        assert.ok((JSON.parse(reason) as { retry_after_ms: number }).retry_after_ms >= 0);
      }
      await follower.returns(connections);
      const back = await world.enter(world.person(0));
      assert.equal(back.epoch, epoch + 1);
      const { seq } = await world.say(chat);
      await back.reaches(chat, seq);
      await follower.ends(chat, seq, seq);
      await back.leave();
    },
  },
];
