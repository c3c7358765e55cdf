import { LocalBus } from '#bus/local-bus.js';
import { userOf } from '#bus/bus.js';
import { logEvent, logRpc, type LogEntry } from '#contracts/log.contract.js';
import { messageRpc } from '#contracts/message.contract.js';
import { Connection } from '../connection/connection.js';
import { EntryFrame, type Frame } from '../connection/frame.js';
import type { Hub } from './hub.js';

/** What becomes of an event. */
export type Fate = 'arrives' | 'lost' | 'twice' | 'bare' | 'late';

interface Received {
  type: string;
  chat_id?: number;
  seq?: number;
  data: Record<string, number>;
}

/** Logs and memberships in memory, served on a bus as the message service serves them. */
export class Logs {
  readonly logs = new Map<number, LogEntry[]>();
  epoch = 1;
  private readonly joined = new Map<string, number>();
  private readonly versions = new Map<number, number>();
  private readonly late: (() => void)[] = [];
  reads = 0;
  /** How many places of a user are told: those of the highest chat ids. */
  placesAtOnce = 10_000;
  /** How many heads of chats that changed lately one answer has. */
  headsAtOnce = 1_000;

  /** `turn` is what an answer takes: twice, before and after it is read. */
  constructor(
    private readonly bus: LocalBus,
    turn: () => Promise<void> = nextTurn,
  ) {
    bus.serve(
      logRpc.places,
      async ({ user_ids }) => {
        await turn();
        const users = user_ids.map((user_id) => {
          const places = [...this.logs].flatMap(([chat_id, log]) => {
            const joined_seq = this.joined.get(`${chat_id}:${user_id}`);
            return joined_seq === undefined ? [] : { chat_id, joined_seq, last_seq: log.length };
          });
          const version = this.versions.get(user_id) ?? 0;
          if (places.length < this.placesAtOnce) return { user_id, version, places };
          places.sort((a, b) => b.chat_id - a.chat_id).splice(this.placesAtOnce);
          return { user_id, version, places, has_more: true };
        });
        const { epoch } = this;
        await turn();
        return { users, epoch };
      },
      { queue: 'message' },
    );
    bus.serve(
      logRpc.recentHeads,
      async ({ after_chat_id: after = 0 }) => {
        const heads = [...this.logs].map(([chat_id, log]) => ({ chat_id, last_seq: log.length }));
        const rest = heads.filter(({ chat_id }) => chat_id > after).sort((a, b) => a.chat_id - b.chat_id);
        const { epoch, headsAtOnce } = this;
        return { heads: rest.slice(0, headsAtOnce), epoch, ...(rest.length > headsAtOnce && { has_more: true }) };
      },
      { queue: 'message' },
    );
    bus.serve(
      logRpc.inboxVersions,
      async ({ user_ids }) => ({
        versions: user_ids.map((user_id) => ({ user_id, version: this.versions.get(user_id) ?? 0 })),
      }),
      { queue: 'message' },
    );
    bus.serve(
      messageRpc.readableChats,
      async ({ chat_ids = [] }, context) => {
        await turn();
        return { chat_ids: chat_ids.filter((id) => this.joined.has(`${id}:${userOf(context).user_id}`)) };
      },
      { queue: 'message' },
    );
    bus.serve(
      logRpc.follow,
      async ({ chat_id, after, limit }) => {
        this.reads += 1;
        await turn();
        const log = this.logs.get(chat_id) ?? [];
        const entries = log.slice(after, after + limit);
        const page = {
          entries,
          has_more: after + entries.length < log.length,
          last_seq: log.length,
          epoch: this.epoch,
        };
        await turn();
        return page;
      },
      { queue: 'message' },
    );
  }

  send(chatId: number, fate: Fate = 'arrives'): void {
    const at = '2026-01-01T00:00:00.000Z';
    const chat = { id: chatId, workspace_id: 1, name: 'c', type: 'channel' as const, description: '' };
    const data = { chat: { ...chat, is_private: false, is_archived: false }, actor_id: 1, created_at: at };
    this.append({ type: 'chat.updated', chat_id: chatId, seq: this.nextSeq(chatId), data }, fate);
  }

  add(chatId: number, userId: number, fate: Fate = 'arrives'): void {
    if (this.joined.has(`${chatId}:${userId}`)) return;
    const seq = this.nextSeq(chatId);
    this.joined.set(`${chatId}:${userId}`, seq);
    const data = {
      member: { user_id: userId, role: 'member' as const },
      actor_id: 1,
      created_at: '2026-01-01T00:00:00.000Z',
    };
    this.append({ type: 'member.added', chat_id: chatId, seq, data }, fate);
    this.changeInbox(userId, chatId, fate);
  }

  remove(chatId: number, userId: number, fate: Fate = 'arrives'): void {
    if (!this.joined.delete(`${chatId}:${userId}`)) return;
    const data = { user_id: userId, actor_id: 1, created_at: '2026-01-01T00:00:00.000Z' };
    this.append({ type: 'member.removed', chat_id: chatId, seq: this.nextSeq(chatId), data }, fate);
    this.changeInbox(userId, chatId, fate);
  }

  /** As a denial for the whole workspace: the inbox says so, the log does not yet. */
  deny(chatId: number, userId: number): void {
    this.joined.delete(`${chatId}:${userId}`);
    this.changeInbox(userId, chatId, 'arrives');
  }

  /** Events that were late arrive now, in whatever order. */
  release(): void {
    for (const publish of this.late.splice(0).reverse()) publish();
  }

  /** What a head comparison brings. */
  compare(hub: Hub): void {
    for (const [chatId, log] of this.logs) hub.rooms.get(chatId)?.reader.hear(log.length, []);
    for (const [userId, version] of this.versions) hub.users.get(userId)?.compare(version);
  }

  /** Places of the log after `position` that belong to stays of the user, one list for each stay. */
  stays(chatId: number, userId: number, position: number): number[][] {
    const stays: number[][] = [];
    let present = false;
    for (const entry of this.logs.get(chatId) ?? []) {
      const effect = new EntryFrame(entry).effectOn(userId);
      if (effect === 'joins' || (!present && effect === 'leaves')) stays.push([]);
      if (effect === 'joins') present = true;
      if (present && entry.seq > position) stays.at(-1)?.push(entry.seq);
      if (effect === 'leaves') present = false;
    }
    return stays.filter((stay) => stay.length > 0);
  }

  isMember(chatId: number, userId: number): boolean {
    return this.joined.has(`${chatId}:${userId}`);
  }

  expected(chatId: number, userId: number, position: number): number[] {
    return this.stays(chatId, userId, position).flat();
  }

  private nextSeq(chatId: number): number {
    return (this.logs.get(chatId)?.length ?? 0) + 1;
  }

  append(entry: LogEntry, fate: Fate): void {
    const { chat_id, seq } = entry;
    this.logs.set(chat_id, [...(this.logs.get(chat_id) ?? []), entry]);
    const entries = fate === 'bare' ? [] : [entry];
    this.publish(fate, () => this.bus.publish(logEvent.chat, { chat_id }, { chat_id, last_seq: seq, entries }));
  }

  private changeInbox(user_id: number, chat_id: number, fate: Fate): void {
    const version = (this.versions.get(user_id) ?? 0) + 1;
    this.versions.set(user_id, version);
    this.publish(fate, () => this.bus.publish(logEvent.user, { user_id }, { type: 'access', chat_id, version }));
  }

  private publish(fate: Fate, publish: () => void): void {
    if (fate === 'lost') return;
    if (fate === 'late') this.late.push(publish);
    else publish();
    if (fate === 'twice') publish();
  }
}

/** A client that takes everything at once. */
export class Client {
  readonly received: Received[] = [];
  /** The same, as it reached the network. */
  readonly pieces: Received[][] = [];
  readonly connection: Connection;

  constructor(
    private readonly hub: Hub,
    readonly userId: number,
  ) {
    let isCorked = false;
    const write = (frame: Frame) => {
      const received = JSON.parse(frame.webSocket.toString('utf8').replace(/^[^{]*/s, '')) as Received;
      this.received.push(received);
      if (isCorked) this.pieces.at(-1)?.push(received);
      else this.pieces.push([received]);
      return true;
    };
    const cork = () => {
      isCorked = true;
      this.pieces.push([]);
    };
    const uncork = () => (isCorked = false);
    const none = () => undefined;
    const transport = { write, cork, uncork, heartbeat: () => true, close: none, terminate: none };
    this.connection = new Connection({ user_id: userId, session_id: 1, expires_at: 4_000_000_000 }, transport);
  }

  /** Opens and goes live from the heads of `ready`, as whoever names no positions. */
  async open(): Promise<this> {
    await this.enter();
    this.settle();
    return this;
  }

  /** Opens; what comes then is for `resume` and `settle` to say. */
  async enter(): Promise<void> {
    this.hub.enter(this.connection);
    const feed = await this.hub.open(this.connection);
    this.resume = (epoch, cursors) => this.hub.resume(feed, epoch, new Map(cursors));
    this.settle = () => this.hub.settle(feed);
  }

  settle: () => void = () => undefined;

  resume: (epoch: number, cursors: [number, number][]) => Promise<number[]> = () =>
    Promise.reject(new Error('not open'));

  get heads(): Record<string, number> {
    return (this.received[0]?.data as unknown as { heads: Record<string, number> }).heads;
  }

  seqs(chatId: number): number[] {
    return this.received.flatMap(({ chat_id, seq }) => (chat_id === chatId && seq !== undefined ? [seq] : []));
  }

  gaps(): unknown[] {
    return this.received.filter(({ type }) => type === 'gap').map(({ data }) => data);
  }
}

/** Lets everything that waits have its turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
