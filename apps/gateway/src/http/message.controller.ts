import { Controller } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { invalid } from '#contracts/error.js';
import { messagesApi } from '#contracts/http/message.routes.js';
import type { InputOf } from '#contracts/http/route.js';
import { messageRpc, type Message } from '#contracts/message.contract.js';
import type { RequestCall } from './server/request-call.js';
import { Route } from './server/route.decorator.js';

@Controller()
export class MessageController {
  constructor(private readonly bus: Bus) {}

  @Route(messagesApi.send)
  async send({ body, headers }: InputOf<typeof messagesApi.send>, call: RequestCall) {
    return this.bus.relay(
      messageRpc.send,
      { ...body, idempotency_key: oneKey(body.idempotency_key, headers) },
      { within: call },
    );
  }

  @Route(messagesApi.sendBatch)
  async sendBatch({ body }: InputOf<typeof messagesApi.sendBatch>, call: RequestCall) {
    const { messages, rest } = await this.bus.call(messageRpc.sendBatch, body, { within: call });
    return { messages: [...messages, ...(await this.sent(rest, call))] };
  }

  @Route(messagesApi.list)
  async list({ query }: InputOf<typeof messagesApi.list>, call: RequestCall) {
    return this.bus.relay(messageRpc.list, query, { within: call });
  }

  @Route(messagesApi.get)
  async get({ params }: InputOf<typeof messagesApi.get>, call: RequestCall) {
    return this.bus.relay(messageRpc.get, { message_id: params.id }, { within: call });
  }

  @Route(messagesApi.thread)
  async thread({ params, query }: InputOf<typeof messagesApi.thread>, call: RequestCall) {
    return this.bus.relay(messageRpc.thread, { message_id: params.id, ...query }, { within: call });
  }

  @Route(messagesApi.edit)
  async edit({ params, body }: InputOf<typeof messagesApi.edit>, call: RequestCall) {
    return this.bus.relay(messageRpc.edit, { message_id: params.id, ...body }, { within: call });
  }

  @Route(messagesApi.delete)
  async delete({ params }: InputOf<typeof messagesApi.delete>, call: RequestCall) {
    return this.bus.relay(messageRpc.delete, { message_id: params.id }, { within: call });
  }

  @Route(messagesApi.history)
  async history({ params }: InputOf<typeof messagesApi.history>, call: RequestCall) {
    return this.bus.relay(messageRpc.history, { message_id: params.id }, { within: call });
  }

  /** Messages that the caller has sent, in as many replies of the bus as they need. */
  private async sent(ids: readonly number[], call: RequestCall): Promise<Message[]> {
    const found: Message[] = [];
    while (found.length < ids.length) {
      const { messages } = await this.bus.call(
        messageRpc.getSent,
        { message_ids: ids.slice(found.length) },
        { within: call },
      );
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
