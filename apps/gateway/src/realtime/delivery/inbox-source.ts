import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { logRpc } from '#contracts/log.contract.js';
import { messageRpc } from '#contracts/message.contract.js';
import { Logger } from '#telemetry/logger.js';
import { self } from '../../self.js';
import type { Connection } from '../connection/connection.js';

const usersAtOnce = 50;
const callsAtOnce = 2;

/** A chat of the user: since which entry they are a member, and where its log ended. */
interface InboxPlace {
  readonly joinedSeq: number;
  readonly lastSeq: number;
}

/** A user's chats as the message service has them. */
export interface Inbox {
  readonly chats: ReadonlyMap<number, InboxPlace>;
  /** The user may have other chats too: that one is missing means nothing. */
  readonly isCut: boolean;
  readonly epoch: number;
  readonly version: number;
  /** When it was asked for, by `performance.now()`: it is not older than that. */
  readonly askedAt: number;
}

/** Somebody who waits for the inbox of a user. */
interface Reader {
  readonly userId: number;
  readonly resolve: (inbox: Inbox) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads which chats users have. However many connect at once, the message service gets few calls, each for many users;
 * one user alone does not wait for others.
 */
@Injectable()
export class InboxSource {
  private readonly logger = new Logger('gateway.inbox');
  private readonly line: Reader[] = [];
  private calls = 0;
  private asked = 0;

  constructor(private readonly bus: Bus) {}

  /** How many wait for an inbox. */
  get waiting(): number {
    return this.line.length + this.asked;
  }

  /** Every chat of the user, as far as they can be told. Throws UNAVAILABLE when the message service does not answer. */
  read(userId: number): Promise<Inbox> {
    return new Promise((resolve, reject) => {
      this.line.push({ userId, resolve, reject });
      this.serve();
    });
  }

  /** Whether the user may read the chat now; asks until it is answered, or the connection is closed. */
  async mayRead(connection: Connection, chatId: number): Promise<boolean> {
    while (connection.isOpen) {
      try {
        const request = { chat_ids: [chatId] };
        const { chat_ids } = await this.bus.call(messageRpc.readableChats, request, { as: connection.caller });
        return chat_ids.includes(chatId);
      } catch (error) {
        this.logger.warn('Access could not be asked for; it is tried again', { reason: String(error) });
      }
      await pause(500 + Math.random() * 500, undefined, { ref: false });
    }
    return false;
  }

  private serve(): void {
    while (this.calls < callsAtOnce && this.line.length > 0) void this.ask(this.line.splice(0, usersAtOnce));
  }

  private async ask(readers: readonly Reader[]): Promise<void> {
    this.calls += 1;
    this.asked += readers.length;
    try {
      const inboxes = await this.inboxesOf([...new Set(readers.map(({ userId }) => userId))]);
      for (const reader of readers) {
        const inbox = inboxes.get(reader.userId);
        // Did not fit into the answer.
        if (inbox === undefined) this.line.unshift(reader);
        else reader.resolve(inbox);
      }
    } catch (error) {
      for (const { reject } of readers) reject(error);
    } finally {
      this.calls -= 1;
      this.asked -= readers.length;
      this.serve();
    }
  }

  private async inboxesOf(user_ids: number[]): Promise<Map<number, Inbox>> {
    const askedAt = performance.now();
    const { users, epoch } = await this.bus.call(logRpc.places, { user_ids }, { as: self });
    return new Map(
      users.map(({ user_id, version, places, has_more }) => {
        const chats = new Map(
          places.map(({ chat_id, joined_seq, last_seq }) => [chat_id, { joinedSeq: joined_seq, lastSeq: last_seq }]),
        );
        return [user_id, { chats, isCut: has_more === true, epoch, version, askedAt }];
      }),
    );
  }
}
