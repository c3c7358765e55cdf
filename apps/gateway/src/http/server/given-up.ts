import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';

const status = 499;

/** Where a connection keeps the answers that it waits for: more than one where requests are sent ahead. */
const waiting = Symbol('waiting');

type Connection = Socket & { [waiting]?: FastifyReply[] };

/**
 * Tells, once, of answers whose caller has gone before all of them had left: Fastify tells of those that have left only.
 * The status is 499, which is what others count it by. It listens to each connection rather than to each answer, and
 * keeps what it knows there, so that a request makes nothing new.
 */
export class Callers {
  constructor(private readonly tellGone: (reply: FastifyReply, status: number) => void) {}

  /** From now on somebody waits for this answer. */
  add(reply: FastifyReply): void {
    if (!hasConnection(reply.request)) return;
    const { socket }: { socket: Connection } = reply.request.raw;
    const replies = (socket[waiting] ??= this.listen(socket));
    replies.push(reply);
  }

  /** It has left. */
  delete(reply: FastifyReply): void {
    const { socket }: { socket: Connection } = reply.request.raw;
    const replies = socket[waiting] ?? [];
    // Mostly it is the only one.
    if (replies.at(-1) === reply) replies.pop();
    else if (replies.includes(reply)) replies.splice(replies.indexOf(reply), 1);
  }

  private listen(socket: Socket): FastifyReply[] {
    const replies: FastifyReply[] = [];
    socket.once('close', () => {
      for (const reply of replies) if (!reply.raw.writableFinished) this.tellGone(reply, statusOf(reply));
    });
    return replies;
  }
}

/** Whoever leaves a stream of events has had what there was. */
function statusOf({ request, raw, statusCode }: FastifyReply): number {
  return raw.headersSent && isStream(request) ? statusCode : status;
}

/** False for an operation of a batch, which comes from this process. */
export function hasConnection({ raw }: FastifyRequest): boolean {
  return raw instanceof IncomingMessage;
}

/** Whether it lasts for as long as its caller wants. */
export function isStream({ contract, routeOptions }: FastifyRequest): boolean {
  return contract === undefined ? routeOptions.config.isStream === true : contract.content === 'application/x-ndjson';
}
