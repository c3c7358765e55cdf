import { Controller } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { Encoded } from '#bus/encoded.js';
import { invalid } from '#contracts/error.js';
import { messagesApi } from '#contracts/http/message.routes.js';
import type { InputOf } from '#contracts/http/route.js';
import { messageRpc, type Message } from '#contracts/message.contract.js';
import { Route } from './route.decorator.js';

@Controller()
export class MessageController {
  constructor(private readonly bus: Bus) {}

  @Route(messagesApi.send)
  async send({ body, headers }: InputOf<typeof messagesApi.send>) {
    return this.bus.call(messageRpc.send, { ...body, idempotency_key: oneKey(body.idempotency_key, headers) });
  }

  @Route(messagesApi.sendBatch)
  async sendBatch({ body }: InputOf<typeof messagesApi.sendBatch>) {
    const { messages, rest } = await this.bus.call(messageRpc.sendBatch, body);
    return { messages: [...messages, ...(await this.sent(rest))] };
  }

  @Route(messagesApi.list)
  async list({ query }: InputOf<typeof messagesApi.list>) {
    return new Encoded(await this.bus.callEncoded(messageRpc.list, query));
  }

  @Route(messagesApi.get)
  async get({ params }: InputOf<typeof messagesApi.get>) {
    return this.bus.call(messageRpc.get, { message_id: params.id });
  }

  @Route(messagesApi.thread)
  async thread({ params, query }: InputOf<typeof messagesApi.thread>) {
    return new Encoded(await this.bus.callEncoded(messageRpc.thread, { message_id: params.id, ...query }));
  }

  @Route(messagesApi.edit)
  async edit({ params, body }: InputOf<typeof messagesApi.edit>) {
    return this.bus.call(messageRpc.edit, { message_id: params.id, ...body });
  }

  @Route(messagesApi.delete)
  async delete({ params }: InputOf<typeof messagesApi.delete>) {
    return this.bus.call(messageRpc.delete, { message_id: params.id });
  }

  @Route(messagesApi.history)
  async history({ params }: InputOf<typeof messagesApi.history>) {
    return this.bus.call(messageRpc.history, { message_id: params.id });
  }

  /** Messages that the caller has sent, in as many replies of the bus as they need. */
  private async sent(ids: readonly number[]): Promise<Message[]> {
    const found: Message[] = [];
    while (found.length < ids.length) {
      const { messages } = await this.bus.call(messageRpc.getSent, { message_ids: ids.slice(found.length) });
      if (messages.length === 0) throw new Error(`Of ${ids.length} messages only ${found.length} are there`);
      found.push(...messages);
    }
    return found;
  }
}

/** The key may come in the body or in the header; two that differ are a mistake of the caller. */
function oneKey(
  inBody: string | undefined,
  { 'idempotency-key': inHeader }: { 'idempotency-key'?: string | undefined },
): string | undefined {
  if (inBody !== undefined && inHeader !== undefined && inBody !== inHeader) {
    throw invalid('idempotency_key', 'Must be the same as in the Idempotency-Key header');
  }
  return inBody ?? inHeader;
}
