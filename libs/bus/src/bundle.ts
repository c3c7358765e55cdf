import { headers, type Msg, type MsgHdrs } from '@nats-io/transport-node';
import { z } from 'zod';
import { maxPayloadBytes } from './payload.js';
import type { Answer, RequestFacts } from './wire.js';

/** Requests of one turn that have the same subject, or the answers of one turn to the same process. */
const header = { requests: 'Fechatter-Requests', answers: 'Fechatter-Answers' } as const;

/** So that a crowd is shared by the servers of a queue. */
const mostParts = 128;
/** What a part takes of a message beside its payload, as a rule. */
const factsBytes = 512;

/** Each part is a stretch of the payload; equal ones may be the same stretch. */
const Stretch = { at: z.int().nonnegative(), bytes: z.int().nonnegative() };

const RequestIndex = z.array(
  z.object({
    ...Stretch,
    reply: z.string(),
    caller: z.string(),
    deadline: z.number(),
    request_id: z.string(),
    traceparent: z.string().optional(),
  }),
);

const AnswerIndex = z.array(z.object({ ...Stretch, to: z.string(), status: z.number().optional() }));

export interface BundledRequest {
  /** The last token of the subject that hears the answer. */
  readonly reply: string;
  readonly facts: RequestFacts;
  readonly payload: Uint8Array;
}

export interface BundledAnswer {
  readonly to: string;
  readonly answer: Answer;
}

export interface Bundle {
  readonly payload: Uint8Array;
  readonly headers: MsgHdrs;
}

/** Cuts what is to be sent into messages that NATS carries. */
export function cut<Part>(parts: readonly Part[], bytesOf: (part: Part) => number): Part[][] {
  const messages: Part[][] = [];
  let bytes = Infinity;
  for (const part of parts) {
    const more = bytesOf(part) + factsBytes;
    if (bytes + more > maxPayloadBytes || (messages.at(-1)?.length ?? 0) >= mostParts) {
      messages.push([]);
      bytes = 0;
    }
    messages.at(-1)?.push(part);
    bytes += more;
  }
  return messages;
}

export function bundleRequests(requests: readonly BundledRequest[]): Bundle {
  return bundle(
    header.requests,
    requests.map(({ reply, facts, payload }) => ({ payload, facts: { reply, ...facts } })),
  );
}

export function bundleAnswers(answers: readonly BundledAnswer[]): Bundle {
  return bundle(
    header.answers,
    answers.map(({ to, answer: { payload, error } }) => ({ payload, facts: { to, status: error?.status } })),
  );
}

/** Undefined for a message that is a single request. Throws for a bundle that is not well formed. */
export function unbundleRequests(message: Msg): BundledRequest[] | undefined {
  return unbundle(message, header.requests, RequestIndex)?.map(({ payload, facts: { reply, ...facts } }) => ({
    reply,
    facts,
    payload,
  }));
}

/** Undefined for a message that is a single answer. Throws for a bundle that is not well formed. */
export function unbundleAnswers(message: Msg): { to: string; payload: Uint8Array; isError: boolean }[] | undefined {
  return unbundle(message, header.answers, AnswerIndex)?.map(({ payload, facts: { to, status } }) => ({
    to,
    payload,
    isError: status !== undefined,
  }));
}

/** What is the same object is sent once: a page that many have asked for. */
function bundle(name: string, parts: readonly { payload: Uint8Array; facts: object }[]): Bundle {
  const places = new Map<Uint8Array, number>();
  let end = 0;
  const index = parts.map(({ payload, facts }) => {
    const at = places.get(payload) ?? end;
    if (at === end) end += payload.length;
    places.set(payload, at);
    return { ...facts, at, bytes: payload.length };
  });
  const result = headers();
  result.set(name, JSON.stringify(index));
  return { payload: Buffer.concat([...places.keys()], end), headers: result };
}

function unbundle<Facts extends { at: number; bytes: number }>(
  { headers: given, data }: Msg,
  name: string,
  schema: z.ZodType<Facts[]>,
): { payload: Uint8Array; facts: Omit<Facts, 'at' | 'bytes'> }[] | undefined {
  if (given?.has(name) !== true) return undefined;
  return schema.parse(JSON.parse(given.get(name))).map(({ at, bytes, ...facts }) => {
    if (at + bytes > data.length) throw new Error(`${name} names bytes beyond the payload`);
    return { payload: data.subarray(at, at + bytes), facts };
  });
}
