import fc from 'fast-check';
import type { Applied, History, Operation, Read, Row, View } from './history.js';

/** Something that happens somewhere between being asked for and being answered. */
const span = fc.record({ chat: fc.nat(2), start: fc.nat(1_000), length: fc.nat(100), point: fc.nat(100) });

const wish = fc.record({
  ...{ span, fate: fc.constantFrom('answered', 'answered', 'answered', 'refused', 'unanswered', 'lost') },
  /** Whether a later entry of the chat changes what this one wrote, as an edit does; and which, counted from here. */
  overwrittenBy: fc.option(fc.integer({ min: 1, max: 3 }), { freq: 4 }),
  tellsSeq: fc.boolean(),
});
type Wish = typeof wish extends fc.Arbitrary<infer Value> ? Value : never;

const watcher = fc.record({
  ...{ chat: fc.nat(2), base: fc.nat(5), delay: fc.nat(50) },
  /** Lengths of being there, away, there, … */
  turns: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 4 }),
});

const look = fc.record({ span, client: fc.constantFrom('r1', 'r2') });

/** An entry, and when it happened. */
interface Stored extends Row {
  readonly at: number;
  readonly content: string;
  readonly overwrittenBy?: Stored | undefined;
}

/** What clients of a server without a fault record: random operations, some of unknown outcome, views and reads. */
export const cleanHistory: fc.Arbitrary<History> = fc
  .record({
    wishes: fc.array(wish, { minLength: 1, maxLength: 60 }),
    watchers: fc.array(watcher, { maxLength: 6 }),
    looks: fc.array(look, { maxLength: 10 }),
  })
  .map(({ wishes, watchers, looks }) => {
    const stored = new Map([0, 1, 2].map((chat) => [chat, store(wishes, chat)]));
    const of = (chat: number) => stored.get(chat) ?? [];
    return {
      operations: wishes.map((one, index) => operationOf(one, index, of(one.span.chat))),
      rows: [...stored.values()].flat().map(rowOf),
      views: watchers.map((one, index) => viewOf(one, `w${index}`, of(one.chat))),
      reads: looks.map(({ span: time, client }) => readOf(time, client, of(time.chat))),
    };
  });

const effectOf = ({ span: { start, length, point } }: Wish) => start + Math.min(length, point);

/** The log of a chat: what happened, in the order in which it did. */
function store(wishes: readonly Wish[], chat: number): Stored[] {
  const happened = wishes
    .map((one, index) => ({ one, key: `k${index}`, at: effectOf(one) }))
    .filter(({ one }) => one.span.chat === chat && one.fate !== 'refused' && one.fate !== 'lost')
    .sort((a, b) => a.at - b.at);
  const log: Stored[] = happened.map(({ key, at }, index) => ({ chat, seq: index + 1, key, content: `by ${key}`, at }));
  return log.map((entry, index) => {
    const by = happened[index]?.one.overwrittenBy ?? undefined;
    return by === undefined ? entry : { ...entry, overwrittenBy: log[index + by] };
  });
}

function operationOf(one: Wish, index: number, log: readonly Stored[]): Operation {
  const key = `k${index}`;
  const { chat, start: invoked, length } = one.span;
  const seq = log.find((entry) => entry.key === key)?.seq;
  const asked = { chat, key, content: `by ${key}`, invoked };
  if (one.fate === 'refused') return { ...asked, outcome: { type: 'fail' } };
  if (one.fate !== 'answered') return { ...asked, outcome: { type: 'info' } };
  const isOverwritten = log.some((entry) => entry.key === key && entry.overwrittenBy !== undefined);
  // Where the log does not tell whose an entry was, the answer must.
  const told = seq !== undefined && (one.tellsSeq || isOverwritten) ? { seq } : {};
  return { ...asked, outcome: { type: 'ok', ended: invoked + length, ...told } };
}

function rowOf({ chat, seq, key, content, overwrittenBy }: Stored): Row {
  return overwrittenBy === undefined ? { chat, seq, key, content } : { chat, seq };
}

function viewOf(
  { chat, base, delay, turns }: typeof watcher extends fc.Arbitrary<infer V> ? V : never,
  client: string,
  log: readonly Stored[],
): View {
  const stays: { first: number; last?: number }[] = [];
  let next = 1;
  turns.forEach((length, index) => {
    if (index % 2 === 0) stays.push({ first: next, last: next + length - 1 });
    next += length;
  });
  if (turns.length % 2 === 0) stays.push({ first: next });
  const isFor = (seq: number) => seq > base && stays.some(({ first, last = Infinity }) => seq >= first && seq <= last);
  const applied = log.filter(({ seq }) => isFor(seq)).map((entry) => appliedOf(entry, entry.at + delay));
  return { client, chat, base, stays, applied };
}

/** An entry that comes late carries what has been made of it meanwhile. */
function appliedOf({ seq, content, overwrittenBy }: Stored, at: number): Applied {
  if (overwrittenBy === undefined || overwrittenBy.at > at) return { seq, version: seq, content, at };
  return { seq, version: overwrittenBy.seq, content: overwrittenBy.content, at };
}

function readOf({ chat, start, length, point }: Wish['span'], client: string, log: readonly Stored[]): Read {
  const moment = start + Math.min(length, point);
  const last = log.filter(({ at }) => at <= moment).length;
  return { client, chat, invoked: start, ended: start + length, last };
}
