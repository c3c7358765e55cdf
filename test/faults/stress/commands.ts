import assert from 'node:assert/strict';
import { eventually } from '#testing/eventually.js';
import { range } from '#testing/range.js';
import type { Frame } from './peer.js';
import type { Scenario } from './scenario.js';

const unknownChat = 999_999_999;

const messageOf = ({ data }: Frame) => data['message'] as { id: number; seq: number; content: string };

/** What is said over a socket. */
export const commands: readonly Scenario[] = [
  {
    name: 'one key sent over many sockets at once is one message',
    run: async (world) => {
      const ada = world.person(0);
      const chat = await world.chat(ada);
      const peers = await Promise.all(
        range(0, 5).map((n) => world.enter(ada, n % 2 === 0 ? world.first : world.second)),
      );
      const message = { type: 'send', chat_id: chat, content: 'once', idempotency_key: 'k' };
      const answers = await Promise.all(peers.map((peer) => peer.ask(message)));
      assert.equal(new Set(answers.map((answer) => messageOf(answer).id)).size, 1);
      assert.equal(await peers[0]?.refusal({ ...message, content: 'twice' }), 'CONFLICT');
      for (const peer of peers) await peer.leave();
    },
  },
  {
    name: 'sends of one socket keep their order',
    run: async (world) => {
      const ada = world.person(0);
      const chat = await world.chat(ada);
      const peer = await world.enter(ada);
      const answers = await Promise.all(
        range(1, 100).map((n) => peer.ask({ type: 'send', chat_id: chat, content: `message ${n}` })),
      );
      const seqs = answers.map((answer) => messageOf(answer).seq);
      assert.deepEqual(seqs, range(seqs[0] as number, (seqs[0] as number) + 99));
      await peer.leave();
    },
  },
  {
    name: 'a chat of others looks like one that does not exist',
    run: async (world) => {
      const chat = await world.chat(world.person(1));
      const stranger = await world.enter(world.person(0));
      for (const said of [{ type: 'send', content: 'hello' }, { type: 'typing' }, { type: 'read', seq: 1 }]) {
        const [one, other] = await Promise.all(
          [chat, unknownChat].map((chat_id) => stranger.ask({ ...said, chat_id })),
        );
        assert.equal(one?.type, 'error');
        assert.deepEqual((one?.data as { error: unknown }).error, (other?.data as { error: unknown }).error);
      }
      await world.say(chat, 'canary');
      assert.ok(!JSON.stringify(stranger.frames).includes('canary'));
      await stranger.leave();
    },
  },
  {
    name: 'a resume with chats of others is refused as one with chats that do not exist, and the rest goes on',
    run: async (world) => {
      const [ada, bob] = [world.person(0), world.person(1)];
      const [own, other] = [await world.chat(ada), await world.chat(bob)];
      const peer = await world.enter(ada);
      const [one, two] = [await peer.resume({ [own]: 0, [other]: 0 }), await peer.resume({ [unknownChat]: 0 })];
      assert.deepEqual([one.type, two.type], ['error', 'error']);
      const codes = [one, two].map(({ data }) => (data['error'] as { code: string }).code);
      assert.equal(codes[0], codes[1]);
      await peer.reaches(own, 1);
      assert.deepEqual(peer.seqs(other), []);
      await peer.leave();
    },
  },
  {
    name: 'typing is told to the others, on every gateway, and not to oneself',
    run: async (world) => {
      const [ada, bob, eve] = [world.person(0), world.person(1), world.person(2)];
      const chat = await world.chat(ada, bob, eve);
      const typist = await world.enter(ada);
      const others = [await world.enter(bob, world.first), await world.enter(eve, world.second)];
      await typist.ask({ type: 'typing', chat_id: chat });
      const isStart = ({ type, data }: Frame) => type === 'typing.start' && data['chat_id'] === chat;
      for (const other of others) assert.equal((await other.next(isStart)).data['user_id'], ada.id);
      assert.ok(!typist.frames.some(isStart));
      for (const peer of [typist, ...others]) await peer.leave();
    },
  },
  {
    name: 'what one has read is told to the other sockets of the same user',
    run: async (world) => {
      const [ada, bob] = [world.person(0), world.person(1)];
      const chat = await world.chat(ada, bob);
      const { seq } = await world.say(chat);
      const [one, two] = [await world.enter(ada, world.first), await world.enter(ada, world.second)];
      const stranger = await world.enter(bob);
      await one.ask({ type: 'read', chat_id: chat, seq });
      const isReceipt = ({ type, data }: Frame) => type === 'receipt.updated' && data['chat_id'] === chat;
      assert.equal((await two.next(isReceipt)).data['unread_count'], 0);
      assert.ok(!stranger.frames.some(isReceipt));
      for (const peer of [one, two, stranger]) await peer.leave();
    },
  },
  {
    name: 'whom one watches is seen to come and go, on another gateway',
    run: async (world) => {
      const [ada, bob] = [world.person(3), world.person(4)];
      const watcher = await world.enter(ada, world.first);
      await watcher.ask({ type: 'presence.watch', user_ids: [bob.id] });
      const peer = await world.enter(bob, world.second);
      const last = () =>
        watcher.frames.findLast(({ type, data }) => type === 'presence.update' && data['user_id'] === bob.id)?.data[
          'status'
        ];
      await eventually(() => last() === 'online', 'they are online');
      await peer.leave();
      await eventually(() => last() === 'offline', 'they are offline');
      await watcher.leave();
    },
  },
];
