import type { Msg, MsgHdrs } from '@nats-io/transport-node';
import type { Rpc } from '#contracts/contract.js';
import { FechatterError } from '#contracts/error.js';
import { Logger } from '#telemetry/logger.js';
import type { CallContext, RpcHandler } from './bus.js';
import { admit } from './context.js';
import { toVisible } from './failure.js';
import type { Identities } from './identity.js';
import type { InFlight } from './in-flight.js';
import { checkReplySize, decodePayload, encodePayload } from './payload.js';
import { decodeContext, encodeError } from './wire.js';

const logger = new Logger('bus.nats');

interface Answer {
  readonly payload: Buffer;
  readonly headers?: MsgHdrs;
}

/** Answers one request that came over NATS. Never throws: whatever goes wrong is an answer too. */
export async function answer(
  message: Msg,
  contract: Rpc,
  handler: RpcHandler<Rpc>,
  inFlight: InFlight,
  identities: Identities,
): Promise<void> {
  const { subject } = contract;
  let reply: Answer;
  try {
    const context = decodeContext(message, identities);
    reply = await handle(message, contract, handler, inFlight, context);
  } catch (error) {
    reply = encodeError(toVisible(error, subject));
  }
  try {
    message.respond(reply.payload, reply.headers === undefined ? {} : { headers: reply.headers });
  } catch (error) {
    logger.error('An answer could not be sent', error, { subject });
  }
}

async function handle(
  message: Msg,
  contract: Rpc,
  handler: RpcHandler<Rpc>,
  inFlight: InFlight,
  context: CallContext,
): Promise<Answer> {
  try {
    admit(contract, context);
    inFlight.checkRoom();
    const payload = encodePayload(await handler(parse(message), context));
    checkReplySize(payload);
    return { payload };
  } catch (error) {
    return encodeError(toVisible(error, contract.subject, context.requestId));
  }
}

function parse(message: Msg): unknown {
  try {
    return decodePayload(message.data);
  } catch {
    throw new FechatterError('BAD_REQUEST', 'The payload is not JSON.');
  }
}
