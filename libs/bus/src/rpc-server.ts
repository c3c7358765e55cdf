import type { Rpc } from '#contracts/contract.js';
import { fromZodError } from '#contracts/error.js';
import type { Span } from '#telemetry/span.js';
import { inSpan, isTracing, isUnrecorded } from '#telemetry/tracing.js';
import type { Bus, CallContext, Serving } from './bus.js';
import { Encoded } from './encoded.js';
import { toVisible } from './failure.js';
import { handlersOf, type HandledRpc } from './handle.js';
import { decodePayload } from './payload.js';

export interface RpcServerOptions {
  /** Servers of one queue share its requests: the name of the service. */
  readonly queue: string;
  /** For tests: a reply that strays from its contract is an error. */
  readonly validateReplies: boolean;
}

/** Serves the methods of controllers that are marked with `@Handle`, over whichever bus it is given. */
export class RpcServer {
  private readonly serving: Serving[] = [];

  constructor(
    private readonly bus: Bus,
    private readonly options: RpcServerOptions,
  ) {}

  serve(controllers: readonly object[]): void {
    const { queue, validateReplies } = this.options;
    for (const { contract, handle } of controllers.flatMap(handlersOf)) {
      const validated = validating(contract, handle);
      const handler = validateReplies ? checkingReplies(contract, validated) : validated;
      this.serving.push(this.bus.serve(contract, handler, { queue }));
    }
  }

  /** To be waited for before what the handlers use is closed. */
  async stop(): Promise<void> {
    await Promise.all(this.serving.splice(0).map((serving) => serving.stop()));
  }
}

function validating(contract: Rpc, handle: HandledRpc['handle']): HandledRpc['handle'] {
  return (request, context) => {
    const parsed = contract.request.safeParse(request);
    if (!parsed.success) throw fromZodError(parsed.error);
    if (!isTracing() || isUnrecorded(context.traceparent)) return handle(parsed.data, context);
    const attributes = { 'rpc.system': 'fechatter', 'fechatter.request_id': context.requestId };
    const start = { name: contract.subject, kind: 'server', attributes } as const;
    const work = (span: Span | undefined) => {
      const within = under(span, context);
      return span?.isRecorded === true
        ? visibly(() => handle(parsed.data, within), contract.subject, context.requestId)
        : handle(parsed.data, within);
    };
    return inSpan(start, work, context.traceparent);
  };
}

/** Tells of a failure in the course of the span, so that its line in the log carries the ids. */
async function visibly<Result>(work: () => Promise<Result>, subject: string, requestId: string): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw toVisible(error, subject, requestId);
  }
}

/** Calls that the handler makes name its span, where it has one of its own. */
function under(span: Span | undefined, context: CallContext): CallContext {
  if (span === undefined) return context;
  const { caller, requestId, deadline } = context;
  return { caller, requestId, deadline, traceparent: span.traceparent };
}

function checkingReplies(contract: Rpc, handle: HandledRpc['handle']): HandledRpc['handle'] {
  return async (request, context) => {
    const reply = await handle(request, context);
    const value = reply instanceof Encoded ? decodePayload(reply.bytes) : reply;
    const { success, error } = contract.reply.safeParse(value);
    if (!success) throw new Error(`The reply of ${contract.subject} breaks its contract: ${error.message}`);
    return reply;
  };
}
