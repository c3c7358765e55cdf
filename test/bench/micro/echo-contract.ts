import { z } from 'zod';
import { userOf, type Bus, type CallContext } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import { RpcServer } from '#bus/rpc-server.js';
import { rpc, type ReplyOf, type RequestOf } from '#contracts/contract.js';
import { Id, IdempotencyKey, MessageContent } from '#contracts/scalar.js';

const Request = z.strictObject({
  chat_id: Id,
  content: MessageContent,
  idempotency_key: IdempotencyKey.optional(),
  parent_id: Id.nullable(),
});
const Reply = z.strictObject({ id: Id, chat_id: Id, sender_id: Id });

/** A request like a send, with nothing behind it. */
export const echo = rpc('bench.send', 'user', Request, Reply);

/** Key of the bench's bus. */
export const busSecret = 'a bus secret for measuring';

class EchoController {
  private last = 0;

  @Handle(echo)
  async send({ chat_id }: RequestOf<typeof echo>, context: CallContext): Promise<ReplyOf<typeof echo>> {
    return { id: ++this.last, chat_id, sender_id: userOf(context).user_id };
  }
}

/** Serves it as an app serves its subjects. Answers how to stop. */
export async function serveEcho(bus: Bus): Promise<() => Promise<void>> {
  const server = new RpcServer(bus, { queue: 'bench', validateReplies: false });
  server.serve([new EchoController()]);
  return () => server.stop();
}
