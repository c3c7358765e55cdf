import type { z } from 'zod';

/** Who may make a call: anyone who knows the bus secret, a signed-in user, or another service of ours. */
export type CallerKind = 'anyone' | 'user' | 'service';

/** A request on the bus and its reply. `subject` exists in this package only; on the wire it is `rpc.<subject>`. */
export interface Rpc<Request extends z.ZodType = z.ZodType, Reply extends z.ZodType = z.ZodType> {
  readonly kind: 'rpc';
  readonly subject: string;
  readonly caller: readonly CallerKind[];
  readonly request: Request;
  readonly reply: Reply;
}

/** A hint on the bus that carries data. On the wire it is `event.<subject>`; `{…}` in the subject are its parameters. */
export interface Event<Subject extends string = string, Payload extends z.ZodType = z.ZodType> {
  readonly kind: 'event';
  readonly subject: Subject;
  readonly payload: Payload;
}

/** What a caller passes and a handler receives. */
export type RequestOf<C extends Rpc> = z.output<C['request']>;
/** What a caller may write: defaults may be left out. */
export type RequestInputOf<C extends Rpc> = z.input<C['request']>;
export type ReplyOf<C extends Rpc> = z.output<C['reply']>;
export type PayloadOf<E extends Event> = z.output<E['payload']>;

/** The names between braces in a subject: `'chat.{chat_id}.log'` has `{ chat_id: number | string }`. */
export type SubjectParams<S extends string> = S extends `${string}{${infer Name}}${infer Rest}`
  ? Record<Name, number | string> & SubjectParams<Rest>
  : unknown;

/** Declares a request. `caller` lists who may make it; the bus refuses everybody else before the handler runs. */
export function rpc<Request extends z.ZodType, Reply extends z.ZodType>(
  subject: string,
  caller: CallerKind | readonly CallerKind[],
  request: Request,
  reply: Reply,
): Rpc<Request, Reply> {
  return { kind: 'rpc', subject, caller: typeof caller === 'string' ? [caller] : caller, request, reply };
}

/** Declares an event. Nothing may depend on its arrival. */
export function event<Subject extends string, Payload extends z.ZodType>(
  subject: Subject,
  payload: Payload,
): Event<Subject, Payload> {
  return { kind: 'event', subject, payload };
}
