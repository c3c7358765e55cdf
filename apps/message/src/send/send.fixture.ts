import { expect } from '@jest/globals';
import { LocalBus } from '#bus/local-bus.js';
import type { Message } from '#contracts/message.contract.js';
import type { Database } from '#database/database.js';
import { sql, type Statement } from '#database/statement.js';
import { startHouse, type House } from '#testing/app.js';
import { upTo } from '#testing/range.js';
import { createChat, logNumbers } from '../chat.fixture.js';
import { messageApp } from '../message.app.js';
import { messageDataSource } from '../message.data-source.js';
import { LogPublisher } from '../writer/log-publisher.js';
import type { Outgoing } from './outgoing.js';
import { GateMemory } from '../gate/gate.memory.js';
import { SendQueue } from './send.queue.js';
import { SendRepository } from './send.repository.js';
import type { Sent } from './waiting-line.js';

/** A running message service to make chats with, and as many queues beside it as a spec wants. */
export class SendHouse {
  private lastChat = 0;

  private constructor(
    readonly house: House,
    readonly database: Database,
  ) {}

  static async start(): Promise<SendHouse> {
    const house = await startHouse({ apps: [messageApp], dataSources: [messageDataSource] });
    return new SendHouse(house, await house.database('message'));
  }

  /** The sending part of one more message service: with its own pool and queue. */
  async service(bus = new LocalBus({ freeze: true })): Promise<SendQueue> {
    const memory = new GateMemory(false);
    const database = await this.house.database('message');
    return new SendQueue(new SendRepository(database, database), new LogPublisher(bus, memory));
  }

  /** A new chat with these members. */
  async chat(...userIds: number[]): Promise<number> {
    this.lastChat += 1;
    await createChat(this.house.bus, this.lastChat, userIds);
    return this.lastChat;
  }

  /** The chat has this many messages, and neither its log nor its messages have holes or repeats. */
  async expectDense(chatId: number, messages: number): Promise<void> {
    const { seqs, lastSeq } = await logNumbers(this.database, chatId);
    expect(seqs).toEqual(upTo(lastSeq));
    const [row] = await this.database.query(ordinals, [chatId]);
    expect(row).toEqual({ message_count: messages, ordinals: upTo(messages), ids: messages });
  }

  /**
   * Begins `during` while another transaction holds the chat's head, after that transaction has run `statement`.
   * Commits it as soon as a flush waits for the head.
   */
  async whileLocked<Result>(
    chatId: number,
    during: () => Promise<Result>,
    statement?: { statement: Statement; params: unknown[] },
  ): Promise<Result> {
    let result: Promise<Result> | undefined;
    await this.database.transaction(async (transaction) => {
      await transaction.query(lock, [chatId]);
      if (statement !== undefined) await transaction.query(statement.statement, statement.params);
      result = during();
      await this.untilSomebodyWaits();
    });
    return result as Promise<Result>;
  }

  /** Runs `during` to its end while another transaction holds the chat's head. */
  async throughoutLocked(chatId: number, during: () => Promise<void>): Promise<void> {
    await this.database.transaction(async (transaction) => {
      await transaction.query(lock, [chatId]);
      await during();
    });
  }

  async untilSomebodyWaits(): Promise<void> {
    while ((await this.database.query(waiting)).length === 0) await new Promise(setImmediate);
  }
}

const ordinals = sql(
  'spec.ordinals',
  `SELECT h.message_count, ARRAY(SELECT m.ordinal FROM message.messages m WHERE m.chat_id = $1 ORDER BY m.seq) ordinals,
     (SELECT count(DISTINCT m.id) FROM message.messages m WHERE m.chat_id = $1) AS ids
   FROM message.chat_heads h WHERE h.chat_id = $1`,
);
const lock = sql('spec.lock', 'SELECT FROM message.chat_heads WHERE chat_id = $1 FOR UPDATE');
const waiting = sql(
  'spec.waiting',
  `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%flush_messages%'`,
);

/** A message for a queue. */
export function message(chatId: number, userId: number, content: string, key: string | null = null): Outgoing {
  const sender = { id: userId, username: `user${userId}`, avatar_url: null };
  const mentions = { userIds: [], everyone: false };
  return { chatId, sender, content, parentId: null, key, mentions };
}

/** Sends several messages as one unit, with time enough. */
export function sendAll(queue: SendQueue, messages: readonly Outgoing[], waitMs = 20_000): Promise<Sent[]> {
  return queue.send(messages, Date.now() + waitMs);
}

/** Sends a message alone, with time enough. */
export async function send(queue: SendQueue, one: Outgoing, waitMs?: number): Promise<Sent> {
  const [sent] = await sendAll(queue, [one], waitMs);
  if (sent === undefined) throw new Error('The queue said nothing about a message');
  return sent;
}

export function outcomes(sent: readonly Sent[]): string[] {
  return sent.map(({ outcome }) => outcome);
}

/** The message that was stored; fails when it was refused. */
export function stored(sent: Sent | undefined): Message {
  if (sent === undefined || !('message' in sent)) throw new Error(`Not stored: ${sent?.outcome}`);
  return sent.message;
}
