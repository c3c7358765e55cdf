import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Bus, type UserCaller } from '#bus/bus.js';
import { messageRpc } from '#contracts/message.contract.js';
import { Logger } from '#telemetry/logger.js';
import type { Connection } from './connection.js';
import { Turnstile } from './turnstile.js';

/** A chat of the user: since which entry they are a member, and where its log ended. */
export interface InboxPlace {
  readonly joinedSeq: number;
  readonly lastSeq: number;
}

/** A user's chats as the message service has them. */
export interface Inbox {
  readonly chats: ReadonlyMap<number, InboxPlace>;
  readonly epoch: number;
  readonly version: number;
  /** When it was asked for, by `performance.now()`: it is not older than that. */
  readonly askedAt: number;
}

const mostPages = 50;

/** Reads which chats users have. However many connect at once, the message service hears of a bounded number. */
@Injectable()
export class InboxSource {
  private readonly logger = new Logger('gateway.inbox');
  private readonly turnstile = new Turnstile(32);

  constructor(private readonly bus: Bus) {}

  /** Every chat of the user. */
  read(caller: UserCaller): Promise<Inbox> {
    return this.turnstile.pass(async () => {
      const askedAt = performance.now();
      const chats = new Map<number, InboxPlace>();
      let page = await this.page(caller, chats, undefined);
      const { epoch, version } = page;
      const isLong = page.next_cursor !== null;
      for (let pages = 1; page.next_cursor !== null && pages < mostPages; pages++) {
        page = await this.page(caller, chats, page.next_cursor);
      }
      // Newest activity comes first: what became active meanwhile has moved past the pages onto the first one.
      if (isLong) await this.page(caller, chats, undefined);
      return { chats, epoch, version, askedAt };
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

  private async page(caller: UserCaller, chats: Map<number, InboxPlace>, cursor: string | undefined) {
    const request = { limit: 10_000, ...(cursor === undefined ? {} : { cursor }) };
    const page = await this.bus.call(messageRpc.inbox, request, { as: caller });
    for (const { chat_id, joined_seq, last_seq } of page.chats) {
      if (!chats.has(chat_id)) chats.set(chat_id, { joinedSeq: joined_seq, lastSeq: last_seq });
    }
    return page;
  }
}
