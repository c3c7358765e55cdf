import { Injectable } from '@nestjs/common';
import { fitting } from '#bus/page-size.js';
import type { ReplyOf, RequestOf } from '#contracts/contract.js';
import type { Message, messageRpc } from '#contracts/message.contract.js';
import { MentionService } from '../mention/mention.service.js';
import { toMessage } from '../message.row.js';
import { SenderService } from '../sender/sender.service.js';
import { refused } from './refusal.js';
import { SendQueue } from './send.queue.js';
import { SendRepository } from './send.repository.js';

type SendRequest = RequestOf<typeof messageRpc.send>;

/** Sends messages. The flush itself checks access, in the transaction that stores. */
@Injectable()
export class SendService {
  constructor(
    private readonly queue: SendQueue,
    private readonly messages: SendRepository,
    private readonly senders: SenderService,
    private readonly mentions: MentionService,
  ) {}

  /**
   * The stored message; of a repeated key the one that the first call stored. NOT_FOUND unless the user is a member,
   * FORBIDDEN in an archived chat, CONFLICT for another text under a used key, UNAVAILABLE when it should be repeated.
   * A parent that is not in the chat is NOT_FOUND, one that is a reply VALIDATION_ERROR, a deleted one CONFLICT.
   */
  async send(userId: number, request: SendRequest, deadline: number): Promise<Message> {
    const [message] = await this.store(userId, [request], deadline, () => '');
    if (message === undefined) throw new Error('A message was neither stored nor refused');
    return message;
  }

  /** All or none; where one is refused, as `send` does, the error names the first of them. */
  async sendBatch(
    userId: number,
    { messages: requests }: RequestOf<typeof messageRpc.sendBatch>,
    deadline: number,
  ): Promise<ReplyOf<typeof messageRpc.sendBatch>> {
    const messages = await this.store(userId, requests, deadline, (place) => `messages.${place}.`);
    const first = fitting(messages);
    return { messages: [...first], rest: messages.slice(first.length).map(({ id }) => id) };
  }

  /**
   * Messages of the user's own, also of chats that the user has left: a repeated send answers those as well, as far as
   * they are the user's own.
   */
  async getSent(userId: number, messageIds: readonly number[]): Promise<Message[]> {
    const [sender, rows] = await Promise.all([this.senders.getOne(userId), this.messages.getSent(userId, messageIds)]);
    return [...fitting(rows.map((row) => toMessage(row, sender)))];
  }

  private async store(
    userId: number,
    requests: readonly SendRequest[],
    deadline: number,
    pathOf: (place: number) => string,
  ): Promise<Message[]> {
    const [sender, mentions] = await Promise.all([
      this.senders.getOne(userId),
      this.mentions.findAll(requests.map(({ content }) => content)),
    ]);
    const outgoing = requests.map(({ chat_id, content, idempotency_key, parent_id }, place) => ({
      chatId: chat_id,
      sender,
      content,
      parentId: parent_id ?? null,
      key: idempotency_key ?? null,
      mentions: mentions[place] ?? { userIds: [], everyone: false },
    }));
    const sent = await this.queue.send(outgoing, deadline);
    for (const [place, { outcome }] of sent.entries()) {
      if (outcome === 'stored' || outcome === 'replayed' || outcome === 'dropped') continue;
      throw refused(outcome, pathOf(place));
    }
    const messages = sent.flatMap((one) => ('message' in one ? [one.message] : []));
    return this.asTheyAre(userId, messages);
  }

  /** A flush does not tell who has reacted to a message that was sent before and has changed since. */
  private async asTheyAre(userId: number, messages: Message[]): Promise<Message[]> {
    const changed = messages.filter(({ seq, version }) => version > seq).map(({ id }) => id);
    if (changed.length === 0) return messages;
    const current = new Map<number, Message>();
    for (let rest = changed; rest.length > 0;) {
      const read = await this.getSent(userId, rest);
      if (read.length === 0) break;
      for (const message of read) current.set(message.id, message);
      rest = rest.slice(read.length);
    }
    return messages.map((message) => current.get(message.id) ?? message);
  }
}
