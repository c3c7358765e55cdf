import { Injectable } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { notFound } from '#contracts/error.js';
import { logEvent } from '#contracts/log.contract.js';
import { ReadRepository } from './read.repository.js';

/** How far members have read. */
@Injectable()
export class ReadService {
  constructor(
    private readonly positions: ReadRepository,
    private readonly bus: Bus,
  ) {}

  /** Moves forward only, at most to the end of the log; the user's other devices hear of it. NOT_FOUND without access. */
  async read(
    userId: number,
    chatId: number,
    seq: number,
  ): Promise<{ chat_id: number; read_seq: number; unread_count: number }> {
    const advance = await this.positions.advance(userId, chatId, seq);
    const position = await this.positions.position(userId, chatId);
    if (advance === undefined || position === undefined) throw notFound('chat');
    const { version } = advance;
    const read = { chat_id: chatId, ...position };
    if (version !== null) this.bus.publish(logEvent.user, { user_id: userId }, { type: 'read', ...read, version });
    return read;
  }
}
