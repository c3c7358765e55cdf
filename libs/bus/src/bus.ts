import { FechatterError } from '#contracts/error.js';
import type { Event, PayloadOf, ReplyOf, RequestInputOf, RequestOf, Rpc, SubjectParams } from '#contracts/contract.js';
import type { Encoded } from './encoded.js';

/** For whom a call is made. `expires_at` in epoch seconds: what the user's access token says. */
export type Caller =
  | { readonly kind: 'user'; readonly user_id: number; readonly session_id: number; readonly expires_at: number }
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'anyone' };

export type UserCaller = Extract<Caller, { kind: 'user' }>;

/** What travels with a request. `deadline` in epoch milliseconds: nobody waits for the answer after it. */
export interface CallContext {
  readonly caller: Caller;
  readonly requestId: string;
  readonly deadline: number;
  readonly traceparent?: string | undefined;
}

/** For whom a call is made: in the course of another call, for somebody of its own, or both. */
export type CallOptions = (
  | {
      /** The call in whose course this one is made: its caller, request id and deadline hold for this one too. */
      readonly within: CallContext;
      /** Speaks as somebody else than the caller of `within`. */
      readonly as?: Caller;
    }
  | { readonly within?: undefined; readonly as: Caller }
) & {
  /** Milliseconds; never beyond the deadline of `within`. 5,000 unless given. */
  readonly timeoutMs?: number;
};

export type RpcHandler<C extends Rpc> = (request: RequestOf<C>, context: CallContext) => Promise<ReplyOf<C> | Encoded>;

export type EventHandler<E extends Event> = (payload: PayloadOf<E>) => void | Promise<void>;

export interface Subscription {
  unsubscribe(): void;
}

/** A subject that is being served. `stop` takes nothing new and resolves when what was taken is answered. */
export interface Serving {
  stop(): Promise<void>;
}

export interface BusStatus {
  readonly healthy: boolean;
  readonly reason?: string;
}

/** Requests and events between the apps: over NATS, or within one process. */
export abstract class Bus {
  /** Answers what the serving app answers; throws its FechatterError, or UNAVAILABLE when nobody answers in time. */
  abstract call<C extends Rpc>(contract: C, request: RequestInputOf<C>, options: CallOptions): Promise<ReplyOf<C>>;

  /** As `call`, for callers that only pass the reply on: JSON that was sent or kept as bytes is not decoded. */
  abstract relay<C extends Rpc>(
    contract: C,
    request: RequestInputOf<C>,
    options: CallOptions,
  ): Promise<ReplyOf<C> | Encoded>;

  /** A hint to whoever listens. Never throws, never waits, may be lost. */
  abstract publish<E extends Event>(event: E, params: SubjectParams<E['subject']>, payload: PayloadOf<E>): void;

  /**
   * `'*'` listens to every value of the parameters. An error of the handler is logged and counted; when 1,000 runs of
   * it have not ended, further events are dropped and counted.
   */
  abstract subscribe<E extends Event>(
    event: E,
    params: SubjectParams<E['subject']> | '*',
    handler: EventHandler<E>,
  ): Subscription;

  /**
   * Answers a subject, with at most 2,000 requests of one queue in flight. The handler gets requests as they came, not
   * yet validated: apps serve through RpcServer, which does that.
   */
  abstract serve<C extends Rpc>(contract: C, handler: RpcHandler<C>, options: { queue: string }): Serving;

  abstract status(): BusStatus;

  /** Takes nothing new, finishes what is in flight (ten seconds at most), closes. */
  abstract close(): Promise<void>;
}

/** The signed-in user of a call; throws UNAUTHORIZED when a service or nobody calls. */
export function userOf(context: CallContext): UserCaller {
  if (context.caller.kind !== 'user') throw new FechatterError('UNAUTHORIZED');
  return context.caller;
}
