import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LocalBus } from '#bus/local-bus.js';
import { logEvent } from '#contracts/log.contract.js';
import { configureLogging } from '#telemetry/logger.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { Hub } from './hub.js';
import { InboxSource } from './inbox-source.js';
import { Client, Logs, nextTurn } from './log.fixture.js';
import { LogSource } from './log-source.js';

describe('The hub', () => {
  let bus: LocalBus;
  let logs: Logs;
  let hub: Hub;
  let turn: () => Promise<void>;

  function build(): void {
    bus = new LocalBus({ freeze: true });
    turn = nextTurn;
    logs = new Logs(bus, () => turn());
    hub = new Hub(bus, new LogSource(bus), new InboxSource(bus));
  }

  /** The next inbox that is asked for is read, but its answer does not arrive before `open`. */
  function holdInbox(): { readonly read: Promise<void>; readonly open: () => void } {
    const [read, answered] = [gate(), gate()];
    let turns = 0;
    turn = async () => {
      turns += 1;
      if (turns !== 2) return;
      turn = nextTurn;
      read.open();
      await answered.opened;
    };
    return { read: read.opened, open: answered.open };
  }

  beforeEach(() => {
    configureLogging('error', 'spec');
    build();
  });

  afterEach(async () => {
    await bus.close();
  });

  it('sends exactly what follows the heads of ready', async () => {
    logs.add(1, 10);
    logs.send(1);
    const client = await new Client(hub, 10).open();
    expect(client.heads).toEqual({ 1: 2 });
    logs.send(1);
    logs.send(1, 'bare');
    await eventually(() => client.seqs(1).length === 2);
    expect(client.seqs(1)).toEqual([3, 4]);
  });

  it('sends what comes in one event in one piece, and still ends and begins stays inside it', async () => {
    for (const user of [10, 11]) logs.add(1, user);
    const clients = [await new Client(hub, 10).open(), await new Client(hub, 11).open()];
    const publish = (after: number) => {
      const entries = logs.logs.get(1)?.slice(after) ?? [];
      bus.publish(logEvent.chat, { chat_id: 1 }, { chat_id: 1, last_seq: after + entries.length, entries });
    };
    for (let count = 0; count < 3; count++) logs.send(1, 'lost');
    publish(2);
    await eventually(() => clients.every((client) => client.seqs(1).length === 3));
    for (const { pieces } of clients) expect(pieces.at(-1)?.map(({ seq }) => seq)).toEqual([3, 4, 5]);
    logs.send(1, 'lost');
    logs.remove(1, 10, 'lost');
    logs.send(1, 'lost');
    logs.add(1, 10, 'lost');
    logs.send(1, 'lost');
    publish(5);
    await eventually(() => clients.every((client) => client.seqs(1).at(-1) === 10));
    expect(clients.map((client) => client.seqs(1).slice(3))).toEqual([
      [6, 7, 9, 10],
      [6, 7, 8, 9, 10],
    ]);
  });

  it('fetches what an event has left out before it forwards what follows', async () => {
    logs.add(1, 10);
    const client = await new Client(hub, 10).open();
    logs.send(1, 'lost');
    logs.send(1, 'lost');
    logs.send(1);
    await eventually(() => client.seqs(1).length === 3);
    expect(client.seqs(1)).toEqual([2, 3, 4]);
  });

  it('fetches also what it hears of while it fetches', async () => {
    for (let turns = 0; turns < 6; turns++) {
      const chatId = 10 + turns;
      logs.add(chatId, 10);
      const client = await new Client(hub, 10).open();
      logs.send(chatId, 'lost');
      logs.send(chatId);
      for (let count = 0; count < turns; count++) await nextTurn();
      logs.send(chatId, 'lost');
      logs.send(chatId);
      await eventually(() => client.seqs(chatId).length === 4);
      client.connection.closed(1000);
    }
  });

  it('ends with the own removal, inside one burst, and begins again with the own return', async () => {
    logs.add(1, 10);
    logs.add(1, 11);
    const leaver = await new Client(hub, 10).open();
    const stayer = await new Client(hub, 11).open();
    logs.send(1);
    logs.remove(1, 10);
    logs.send(1);
    logs.add(1, 10);
    logs.send(1);
    await eventually(() => leaver.seqs(1).length === 4 && stayer.seqs(1).length === 5);
    expect(leaver.seqs(1)).toEqual([3, 4, 6, 7]);
    expect(stayer.seqs(1)).toEqual([3, 4, 5, 6, 7]);
  });

  it('brings a chat that one was added to from the own arrival on, though nobody else here is in it', async () => {
    logs.add(1, 99);
    logs.send(1);
    const client = await new Client(hub, 10).open();
    expect(client.heads).toEqual({});
    logs.add(1, 10);
    logs.send(1);
    await eventually(() => client.seqs(1).length === 2);
    expect(client.seqs(1)).toEqual([3, 4]);
  });

  it('sends nothing more to whom the inbox does not count as a member, save the removal', async () => {
    logs.add(1, 10);
    logs.add(1, 11);
    const client = await new Client(hub, 10).open();
    const other = await new Client(hub, 11).open();
    logs.deny(1, 10);
    const reads = logs.reads;
    await eventually(() => logs.reads > reads);
    for (let count = 0; count < 5; count++) await nextTurn();
    logs.send(1);
    await eventually(() => other.seqs(1).length === 1);
    const data = { user_id: 10, actor_id: 1, created_at: '2026-01-01T00:00:00.000Z' };
    logs.append({ type: 'member.removed', chat_id: 1, seq: 4, data }, 'arrives');
    await eventually(() => other.seqs(1).length === 2);
    expect(client.seqs(1)).toEqual([4]);
  });

  it('goes on with chats that a cut inbox leaves out, until the user may not read them', async () => {
    logs.placesAtOnce = 3;
    for (const user of [10, 11]) for (const chat of [1, 2]) logs.add(chat, user);
    const [client, other] = [await new Client(hub, 10).open(), await new Client(hub, 11).open()];
    for (const chat of [100, 101, 102]) logs.add(chat, 10);
    await eventually(() => [100, 101, 102].every((chat) => client.seqs(chat).length === 1));
    expect(Object.keys((await new Client(hub, 10).open()).heads)).toEqual(['100', '101', '102']);
    for (let count = 0; count < 20; count++) await nextTurn();
    for (const chat of [1, 2]) logs.send(chat);
    await eventually(() => [1, 2].every((chat) => other.seqs(chat).length === 1));
    expect([client.seqs(1), client.seqs(2)]).toEqual([[3], [3]]);
    logs.deny(2, 10);
    await eventually(() => [...hub.roomsOf(10)].every(({ chatId }) => chatId !== 2));
    for (const chat of [1, 2]) logs.send(chat);
    await eventually(() => [1, 2].every((chat) => other.seqs(chat).length === 2));
    expect([client.seqs(1), client.seqs(2)]).toEqual([[3, 4], [3]]);
  });

  it('brings a chat to a device whose inbox was read before the user joined and arrives after that of another', async () => {
    logs.add(1, 10);
    const first = await new Client(hub, 10).open();
    const held = holdInbox();
    const opening = new Client(hub, 10).open();
    await held.read;
    logs.add(7, 10);
    const last = await new Client(hub, 10).open();
    await eventually(() => first.seqs(7).length === 1);
    held.open();
    const late = await opening;
    logs.send(7);
    await eventually(() => [first, late, last].every((client) => client.seqs(7).at(-1) === 2));
    expect(late.seqs(7)).toEqual([1, 2]);
  });

  it('sends nothing to whom an inbox shut out that is newer than the one another device comes with', async () => {
    for (const user of [10, 11]) logs.add(1, user);
    const [client, other] = [await new Client(hub, 10).open(), await new Client(hub, 11).open()];
    const held = holdInbox();
    const opening = new Client(hub, 10).open();
    await held.read;
    logs.deny(1, 10);
    await eventually(() => hub.roomsOf(10).size === 0);
    held.open();
    const late = await opening;
    await eventually(() => hub.roomsOf(10).size === 0, 'the device that came is shut out as well');
    logs.send(1);
    await eventually(() => other.seqs(1).length === 1);
    expect([client.seqs(1), late.seqs(1)]).toEqual([[], []]);
  });

  it('sends nothing to whom an inbox shut out that is newer than the answer to a refresh', async () => {
    for (const user of [10, 11]) logs.add(1, user);
    const [client, other] = [await new Client(hub, 10).open(), await new Client(hub, 11).open()];
    const held = holdInbox();
    logs.add(2, 10);
    await held.read;
    logs.deny(1, 10);
    await new Client(hub, 10).open();
    await eventually(() => [...hub.roomsOf(10)].every(({ chatId }) => chatId !== 1));
    // The refresh that follows the held one must not be what shuts out.
    const after = holdInbox();
    held.open();
    await after.read;
    logs.send(1);
    await eventually(() => other.seqs(1).length === 1);
    after.open();
    expect(client.seqs(1)).toEqual([]);
  });

  it('resumes after the client’s position, while the chat goes on, without a gap or a repetition', async () => {
    logs.add(1, 10);
    for (let count = 0; count < 150; count++) logs.send(1);
    const client = await new Client(hub, 10).open();
    const resumed = client.resume(1, [[1, 1]]);
    for (let count = 0; count < 20; count++) {
      logs.send(1, count % 3 === 0 ? 'lost' : 'arrives');
      await nextTurn();
    }
    await resumed;
    logs.send(1);
    await eventually(() => client.seqs(1).at(-1) === 172);
    expect(client.seqs(1)).toEqual(logs.expected(1, 10, 1));
    expect(client.gaps()).toEqual([]);
  });

  it('reads the same of the same chat once for all who return with it together', async () => {
    const clients = [];
    for (let user = 10; user < 60; user++) {
      logs.add(1, user);
      clients.push(new Client(hub, user));
    }
    for (let count = 0; count < 10; count++) logs.send(1);
    for (const client of clients) await client.enter();
    const { reads } = logs;
    await Promise.all(clients.map((client) => client.resume(1, [[1, 50]])));
    for (const client of clients) expect(client.seqs(1)).toEqual(logs.expected(1, 10, 50));
    expect(logs.reads - reads).toBe(1);
  });

  it('answers more than 200 changes, another epoch and positions to come with a gap, and goes on from the head', async () => {
    for (const chatId of [1, 2, 3]) {
      logs.add(chatId, 10);
      for (let count = 0; count < 201; count++) logs.send(chatId);
    }
    const client = await new Client(hub, 10).open();
    await client.resume(1, [
      [1, 1],
      [2, 2],
      [3, 999],
    ]);
    expect(client.gaps()).toEqual([
      { chat_id: 1, from: 1, to: 202 },
      { chat_id: 3, from: 0, to: 202 },
    ]);
    expect(client.seqs(2)).toEqual(logs.expected(2, 10, 2));
    await client.resume(7, [[2, 100]]);
    expect(client.gaps().at(-1)).toEqual({ chat_id: 2, from: 0, to: 202 });
    for (const chatId of [1, 2, 3]) logs.send(chatId);
    await eventually(() => [1, 2, 3].every((chatId) => client.seqs(chatId).at(-1) === 203));
    expect([client.seqs(1), client.seqs(2).length, client.seqs(3)]).toEqual([[203], 201, [203]]);
  });

  it('refuses positions in chats that are not the user’s, whether they exist or not', async () => {
    logs.add(1, 99);
    const client = await new Client(hub, 10).open();
    expect(
      await client.resume(1, [
        [1, 0],
        [77, 0],
      ]),
    ).toEqual([1, 77]);
  });

  it('asks everybody to connect anew when the logs have another epoch', async () => {
    logs.add(1, 10);
    const client = await new Client(hub, 10).open();
    logs.epoch = 2;
    hub.acknowledgeEpoch(2);
    expect(client.connection.isOpen).toBe(false);
  });

  it('listens only while somebody needs it', async () => {
    logs.add(1, 10);
    const client = await new Client(hub, 10).open();
    expect([hub.rooms.size, hub.users.size]).toEqual([1, 1]);
    client.connection.closed(1000);
    expect([hub.rooms.size, hub.users.size]).toEqual([0, 0]);
  });
});
