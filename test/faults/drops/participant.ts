import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { FechatterClient } from '#client/client.js';
import { chatsApi } from '#contracts/http/chat.routes.js';
import { messagesApi } from '#contracts/http/message.routes.js';
import { reactionsApi } from '#contracts/http/reaction.routes.js';
import type { Message } from '#contracts/message.contract.js';
import { FaultProxy, type Target } from '../network/fault-proxy.js';
import { eventually } from '#testing/eventually.js';
import type { Random } from '#testing/random.js';
import { Recorder } from './recorder.js';

export interface ParticipantOptions {
  readonly name: string;
  readonly transport: 'websocket' | 'sse';
  /** Whether they leave chats and join them again. */
  readonly isRestless: boolean;
  readonly gateway: Target;
  readonly random: Random;
}

/** How often each happens, of a hundred. */
const habits = { send: 58, edit: 8, delete: 4, react: 13, unreact: 4, read: 7, move: 6 };
type Habit = keyof typeof habits;

/** A person who writes, changes and reads in chats, by the client library, over a network of their own. */
export class Participant {
  readonly recorder: Recorder;
  readonly client: FechatterClient;
  private readonly random: Random;
  /** Own messages that were neither edited nor deleted: each meets one of these at most, so that the log tells whose it was. */
  private readonly untouched: Message[] = [];
  /** Messages to which they have reacted: once and never again, so that the log tells which request it was. */
  private readonly reactedTo = new Set<number>();
  private readonly reactions: { readonly id: number; readonly chat: number; readonly emoji: string }[] = [];
  private readonly seen: Message[] = [];
  private readonly sends = new Set<Promise<unknown>>();
  private readonly away = new Set<number>();
  private count = 0;

  private constructor(
    readonly options: ParticipantOptions,
    readonly proxy: FaultProxy,
  ) {
    const { name, transport, random } = options;
    this.random = random;
    this.recorder = new Recorder(name);
    const gateways = `http://127.0.0.1:${proxy.port}`;
    this.client = new FechatterClient({ gateways, transport, WebSocket, random: random.fork(1).next });
    this.client.on('entry', (entry) => {
      this.recorder.entry(entry);
      if (entry.type === 'message.created') this.seen.push(entry.data.message);
    });
    this.client.on('skipped', ({ chat_id: chat, from, to }) => {
      this.recorder.forgone.push({ chat, first: from + 1, last: to });
    });
  }

  static async arrive(options: ParticipantOptions): Promise<Participant> {
    return new Participant(options, await FaultProxy.start(options.gateway));
  }

  /** Does one thing after another until it is told to stop; done when everything has been answered. */
  async live(chats: readonly number[], isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await this.act(this.random.pick(chats) ?? 0);
      await pause(this.random.between(50, 350));
    }
    await Promise.all(this.sends);
  }

  /** Returns to every chat that they have left. */
  async comeBack(): Promise<void> {
    for (const id of this.away) {
      const join = () => this.client.call(chatsApi.join, { params: { id } }).catch(() => undefined);
      await eventually(join, 'somebody is back in a chat');
    }
  }

  async depart(): Promise<void> {
    this.client.stop();
    await this.proxy.close();
  }

  private async act(chat: number): Promise<void> {
    switch (this.draw()) {
      case 'send':
        return this.send(chat);
      case 'edit':
        return this.edit();
      case 'delete':
        return this.delete();
      case 'react':
        return this.react();
      case 'unreact':
        return this.unreact();
      case 'read':
        return this.recorder.read(chat, async () => {
          const page = await this.client.call(messagesApi.list, { query: { chat_id: chat, limit: 1 } });
          return page.as_of_seq;
        });
      case 'move':
        return this.options.isRestless ? this.move(chat) : this.send(chat);
    }
  }

  private draw(): Habit {
    let left = this.random.next() * 100;
    for (const [habit, share] of Object.entries(habits)) {
      if (left < share) return habit as Habit;
      left -= share;
    }
    return 'send';
  }

  /** Does not wait: the queue of the client keeps the order. */
  private send(chat: number): void {
    const key = `${this.options.name}-${++this.count}`;
    const content = `text of ${key}${' and more'.repeat(this.random.between(0, 20))}`;
    const message = { chat_id: chat, content, idempotency_key: key };
    const run = async () => {
      const sent = await this.recorder.operation(
        { chat, key, content },
        () => this.client.send(message),
        ({ seq }) => seq,
      );
      if (sent !== undefined) this.untouched.push(sent);
    };
    const running = run().finally(() => this.sends.delete(running));
    this.sends.add(running);
  }

  private async edit(): Promise<void> {
    const message = this.untouched.shift();
    if (message === undefined) return;
    const { id, chat_id: chat } = message;
    const content = `edit of ${id}`;
    const asked = { chat, key: `edit:${id}`, content };
    await this.recorder.operation(asked, () =>
      this.client.call(messagesApi.edit, { params: { id }, body: { content } }),
    );
  }

  private async delete(): Promise<void> {
    const message = this.untouched.shift();
    if (message === undefined) return;
    const { id, chat_id: chat } = message;
    const asked = { chat, key: `delete:${id}`, content: '' };
    await this.recorder.operation(asked, () => this.client.call(messagesApi.delete, { params: { id } }));
  }

  private async react(): Promise<void> {
    const message = this.random.pick(this.seen.slice(-20));
    const emoji = this.random.pick(['👍', '🎉', '👀']) ?? '';
    if (message === undefined || this.reactedTo.has(message.id)) return;
    const { id, chat_id: chat } = message;
    this.reactedTo.add(id);
    const key = `reaction.added:${id}:${emoji}:${this.client.user?.id}`;
    const reacted = await this.recorder.operation({ chat, key, content: key }, () =>
      this.client.call(reactionsApi.add, { params: { id }, body: { emoji } }),
    );
    if (reacted !== undefined) this.reactions.push({ id, chat, emoji });
  }

  private async unreact(): Promise<void> {
    const reaction = this.reactions.shift();
    if (reaction === undefined) return;
    const { id, chat, emoji } = reaction;
    const key = `reaction.removed:${id}:${emoji}:${this.client.user?.id}`;
    await this.recorder.operation({ chat, key, content: key }, () =>
      this.client.call(reactionsApi.remove, { params: { id, emoji } }),
    );
  }

  private async move(id: number): Promise<void> {
    const isAway = this.away.has(id);
    this.away.add(id);
    await this.client.call(isAway ? chatsApi.join : chatsApi.leave, { params: { id } }).then(
      () => void (isAway && this.away.delete(id)),
      () => undefined,
    );
  }
}
