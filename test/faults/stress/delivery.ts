import assert from 'node:assert/strict';
import { chatMembersApi } from '#contracts/http/chat-member.routes.js';
import { messagesApi } from '#contracts/http/message.routes.js';
import { reactionsApi } from '#contracts/http/reaction.routes.js';
import { range } from '#testing/range.js';
import type { Fate } from '../fate.js';
import type { Peer } from './peer.js';
import type { Scenario } from './scenario.js';
import { Stream } from './stream.js';
import type { Gateway, World } from './world.js';

/** What every socket must get: all of it, once, in order. */
async function expectAll(
  peers: readonly Peer[],
  chat: number,
  first: number,
  last: number,
  withinMs?: number,
): Promise<void> {
  for (const peer of peers) {
    await peer.reaches(chat, last, withinMs);
    assert.deepEqual(peer.seqs(chat), range(first, last));
    await peer.leave();
  }
}

/** Applied once each, whatever came twice. */
const once = (seqs: readonly number[]) => [...new Set(seqs)];

/** Does something while events about a chat meet a fate at these gateways. */
async function whileEvents(
  gateways: readonly Gateway[],
  chat: number,
  fateOf: () => Fate,
  act: () => Promise<unknown>,
): Promise<void> {
  for (const { bus } of gateways) bus.fates.set(chat, fateOf);
  await act();
  for (const { bus } of gateways) bus.fates.delete(chat);
}

const lost = () => 'lost' as const;
/** What a lost event leaves out comes by the next comparison of heads: within ten seconds, and a little for the way. */
const comparedWithinMs = 10_000 + 500;
const both = ({ first, second }: World) => [first, second];

/** What was changed while a client was away, and how it is sent again. */
export const delivery: readonly Scenario[] = [
  {
    name: 'a hundred sockets on two gateways get every message in order',
    run: async (world) => {
      const chat = await world.chat(...world.people);
      const peers = await Promise.all(
        range(0, 99).map((n) => world.enter(world.person(n % 6), n % 2 === 0 ? world.first : world.second)),
      );
      await expectAll(peers, chat, 2, await world.sayAll(chat, 50));
    },
  },
  {
    name: 'edits, deletions and reactions of the time away come in order',
    run: async (world) => {
      const ada = world.person(0);
      const chat = await world.chat(ada);
      const { id } = await world.say(chat);
      await (await world.enter(ada)).leave();
      const { client } = world.owner;
      await client.call(messagesApi.edit, { params: { id }, body: { content: 'edited' } });
      await client.call(reactionsApi.add, { params: { id }, body: { emoji: '👍' } });
      await client.call(reactionsApi.remove, { params: { id, emoji: '👍' } });
      await client.call(messagesApi.delete, { params: { id } });
      const peer = await world.enter(ada, world.second);
      await peer.resume({ [chat]: 2 });
      await peer.reaches(chat, 6);
      const changes = peer.frames.filter(({ chat_id }) => chat_id === chat).map(({ type }) => type);
      assert.deepEqual(changes, ['message.updated', 'reaction.added', 'reaction.removed', 'message.deleted']);
      await peer.leave();
    },
  },
  {
    name: 'two hundred changes are sent again, more are a gap',
    run: async (world) => {
      const ada = world.person(0);
      const chat = await world.chat(ada);
      const head = await world.sayAll(chat, 230);
      const [whole, gap] = [await world.enter(ada), await world.enter(ada)];
      await whole.resume({ [chat]: head - 200 });
      assert.deepEqual(whole.seqs(chat), range(head - 199, head));
      await gap.resume({ [chat]: head - 201 });
      const told = gap.frames.filter(({ type }) => type === 'gap').map(({ data }) => data);
      assert.deepEqual(told, [{ chat_id: chat, from: head - 201, to: head }]);
      const { seq } = await world.say(chat);
      await gap.reaches(chat, seq);
      assert.deepEqual(gap.seqs(chat), [seq]);
      for (const peer of [whole, gap]) await peer.leave();
    },
  },
  {
    name: 'a position in the future and one of another epoch are a gap',
    run: async (world) => {
      const ada = world.person(0);
      const chat = await world.chat(ada);
      const head = await world.sayAll(chat, 3);
      const [future, foreign] = [await world.enter(ada), await world.enter(ada)];
      await future.resume({ [chat]: head + 1_000 });
      await foreign.resume({ [chat]: head - 1 }, foreign.epoch + 1);
      for (const peer of [future, foreign]) {
        const { data } = await peer.next(({ type }) => type === 'gap');
        assert.deepEqual([data['chat_id'], data['to']], [chat, head]);
        const { seq } = await world.say(chat);
        await peer.reaches(chat, seq);
        await peer.leave();
      }
    },
  },
  {
    name: 'a storm of a hundred and fifty resumes brings everybody everything',
    run: async (world) => {
      const chat = await world.chat(...world.people);
      const head = await world.sayAll(chat, 40);
      const returned = range(0, 149).map(async (n) => {
        const peer = await world.enter(world.person(n % 6), n % 2 === 0 ? world.first : world.second);
        await peer.resume({ [chat]: 10 });
        return peer;
      });
      const peers = await Promise.all(returned);
      const { seq } = await world.say(chat);
      assert.equal(seq, head + 1);
      for (const peer of peers) {
        await peer.reaches(chat, seq);
        assert.deepEqual(
          once(peer.seqs(chat)).sort((a, b) => a - b),
          range(11, seq),
        );
        await peer.leave();
      }
    },
  },
  {
    name: 'an event stream goes on at another gateway where it was, entry by entry on the wire',
    run: async (world) => {
      const chat = await world.chat(world.person(0));
      const before = await Stream.open(world.person(0), world.first);
      const seen = await world.sayAll(chat, 10);
      await before.reaches(chat, seen);
      before.leave();
      await world.sayAll(chat, 10);
      const after = await Stream.open(world.person(0), world.second, before.lastId);
      const live = await world.sayAll(chat, 10);
      await after.reaches(chat, live);
      assert.deepEqual(before.seqs(chat), range(2, seen));
      // All that is younger than a minute comes again, the chat's first entry included; then it goes on live.
      assert.deepEqual(after.seqs(chat), range(1, live));
      after.leave();
    },
  },
  {
    name: 'what lost events leave out comes before what follows',
    run: async (world) => {
      const chat = await world.chat(world.person(0));
      const peers = await Promise.all(both(world).map((gateway) => world.enter(world.person(0), gateway)));
      let heard = 0;
      // The first event and every third arrive.
      const fate = () => (heard++ % 3 === 0 ? 'arrives' : 'lost');
      await whileEvents(both(world), chat, fate, async () => {
        for (let count = 0; count < 30; count++) await world.say(chat);
      });
      await expectAll(peers, chat, 2, (await world.say(chat)).seq);
    },
  },
  {
    name: 'doubled and overtaken events change nothing',
    run: async (world, random) => {
      const chat = await world.chat(world.person(0));
      const peers = await Promise.all(both(world).map((gateway) => world.enter(world.person(0), gateway)));
      const fate = () => random.pick(['arrives', 'twice', 'late'] as const) ?? 'arrives';
      await whileEvents(both(world), chat, fate, () => world.sayAll(chat, 60));
      await expectAll(peers, chat, 2, (await world.say(chat)).seq);
    },
  },
  {
    name: 'the last event is lost and its entry comes all the same',
    run: async (world) => {
      const chat = await world.chat(world.person(0));
      const peers = await Promise.all(both(world).map((gateway) => world.enter(world.person(0), gateway)));
      await whileEvents(both(world), chat, lost, () => world.say(chat));
      await expectAll(peers, chat, 2, 2, comparedWithinMs);
    },
  },
  {
    name: 'a chat that one is added to appears although its events are lost',
    run: async (world) => {
      const ada = world.person(5);
      const chat = await world.chat();
      const peer = await world.enter(ada, world.second);
      await whileEvents(both(world), chat, lost, async () => {
        await world.owner.client.call(chatMembersApi.add, { params: { id: chat }, body: { user_ids: [ada.id] } });
        await world.say(chat);
      });
      await expectAll([peer], chat, 2, 3, comparedWithinMs);
    },
  },
  {
    name: 'stays begin and end exactly, while messages flow',
    run: async (world) => {
      const ada = world.person(0);
      const chat = await world.chat();
      const peers = await Promise.all(both(world).map((gateway) => world.enter(ada, gateway)));
      const { client } = world.owner;
      const expected: number[] = [];
      let isOver = false;
      const flow = (async () => {
        while (!isOver) await world.say(chat);
      })();
      for (let stay = 0; stay < 8; stay++) {
        await client.call(chatMembersApi.add, { params: { id: chat }, body: { user_ids: [ada.id] } });
        await client.call(chatMembersApi.remove, { params: { id: chat, user_id: ada.id } });
      }
      isOver = true;
      await flow;
      const { seq: head } = await world.say(chat);
      const witness = await world.enter(world.owner);
      await witness.resume({ [chat]: Math.max(0, head - 200) });
      let isIn = false;
      for (const { chat_id, type, seq, data } of witness.frames) {
        if (chat_id !== chat || seq === undefined) continue;
        const member = (data['member'] as { user_id: number } | undefined)?.user_id ?? data['user_id'];
        if (type === 'member.added' && member === ada.id) isIn = true;
        if (isIn) expected.push(seq);
        if (type === 'member.removed' && member === ada.id) isIn = false;
      }
      assert.ok(expected.length >= 16);
      for (const peer of peers) {
        await peer.reaches(chat, expected.at(-1) as number);
        assert.deepEqual(peer.seqs(chat), expected);
        await peer.leave();
      }
      await witness.leave();
    },
  },
];
