import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { Rpc } from '#contracts/contract.js';
import { FechatterError } from '#contracts/error.js';
import { Logger } from '#telemetry/logger.js';
import type { RpcHandler } from './bus.js';
import { bundleAnswers, cut, unbundleRequests, type BundledAnswer } from './bundle.js';
import { admit } from './context.js';
import { toVisible } from './failure.js';
import type { Identities } from './identity.js';
import type { InFlight } from './in-flight.js';
import { checkReplySize, decodePayload, encodePayload } from './payload.js';
import { byKey, Turn } from './turn.js';
import { answerWith, contextOf, decodeFacts, encodeOutcome, type Answer, type RequestFacts } from './wire.js';

const logger = new Logger('bus.nats');

interface Ready extends BundledAnswer {
  /** Where the process listens that has asked. */
  readonly inbox: string;
  readonly inFlight: InFlight;
}

/** What serves a subject. */
export interface Service {
  readonly contract: Rpc;
  readonly handler: RpcHandler<Rpc>;
  readonly inFlight: InFlight;
}

/** The answering half of NatsBus. Answers of one turn to the same process share a message. */
export class NatsAnswerer {
  private readonly turn = new Turn<Ready>((answers) => this.sendAll(answers));

  constructor(
    private readonly connection: NatsConnection,
    private readonly identities: Identities,
  ) {}

  /** Answers what came over NATS: one request, or several. Never throws: whatever goes wrong is an answer too. */
  receive(message: Msg, service: Service): void {
    const bundled = requestsOf(message);
    const inbox = message.reply?.slice(0, message.reply.lastIndexOf('.')) ?? '';
    if (bundled === undefined) {
      service.inFlight.begin();
      void this.answer(decodeFacts(message), message.data, service)
        .then((answer) => respond(message, answer))
        .finally(() => service.inFlight.end());
      return;
    }
    if (bundled instanceof FechatterError) return respond(message, answerWith(bundled));
    for (const { reply: to, facts, payload } of bundled) {
      service.inFlight.begin();
      void this.answer(facts, payload, service).then((answer) =>
        this.turn.add({ inbox, to, answer, inFlight: service.inFlight }),
      );
    }
  }

  private async answer(facts: RequestFacts, data: Uint8Array, service: Service): Promise<Answer> {
    const { contract, handler, inFlight } = service;
    try {
      const context = contextOf(facts, this.identities);
      admit(contract, context);
      inFlight.checkRoom();
      const payload = encodePayload(await handler(parse(data), context));
      checkReplySize(payload);
      return { payload };
    } catch (error) {
      return answerWith(toVisible(error, contract.subject, facts.request_id));
    }
  }

  private sendAll(answers: readonly Ready[]): void {
    for (const [inbox, ofInbox] of byKey(answers, (answer) => answer.inbox)) this.send(inbox, ofInbox);
  }

  private send(inbox: string, answers: readonly Ready[]): void {
    for (const part of cut(answers, ({ answer }) => answer.payload.length)) {
      try {
        const { payload, headers } = bundleAnswers(part);
        this.connection.publish(`${inbox}.${part[0]?.to}`, payload, { headers });
      } catch (error) {
        logger.error('Answers could not be sent', error);
      }
      for (const { inFlight } of part) inFlight.end();
    }
  }
}

function requestsOf(message: Msg) {
  try {
    return unbundleRequests(message);
  } catch (cause) {
    return new FechatterError('BAD_REQUEST', 'The requests of this message cannot be told apart.', { cause });
  }
}

function respond(message: Msg, answer: Answer): void {
  try {
    const headers = encodeOutcome(answer);
    message.respond(answer.payload, headers === undefined ? {} : { headers });
  } catch (error) {
    logger.error('An answer could not be sent', error, { subject: message.subject });
  }
}

function parse(data: Uint8Array): unknown {
  try {
    return decodePayload(data);
  } catch {
    throw new FechatterError('BAD_REQUEST', 'The payload is not JSON.');
  }
}
