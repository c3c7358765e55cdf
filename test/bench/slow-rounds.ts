import { withCrowd, type Crowd } from '../load/crowd/crowd.js';
import type { SteadyResult } from '../load/crowd/orders.js';
import type { Setting } from './bench.js';
import { closedWith } from './operations.js';
import type { Person } from './person.js';
import { Sampler } from './sampler.js';
import type { Subject } from './subject.js';

const tooSlow = 4008;
export const perSecond = 20;
/** Long messages, so that what the kernel keeps for who does not read is soon full. */
const contentLength = 8_000;
const stretchSeconds = 5;
/** In which the slow one must have been closed; the kernel keeps no more than some MiB. */
const mostStretches = 12;
const sampleMs = 100;
const logPage = 500;

/** The chat, everybody in it who reads, and the one who does not. */
export interface Scene {
  readonly setting: Setting;
  readonly subject: Subject;
  readonly crowd: Crowd;
  readonly chatId: number;
  readonly slowOne: Person;
}

export interface Round {
  readonly stretches: readonly SteadyResult[];
  /** The most that the process with the sockets held after a garbage collection, in bytes. */
  readonly heldBytes: number;
}

/** What became of the one who did not read. */
export interface Slowness {
  /** What the server had sent to the others but not to this one when it gave up, in bytes. */
  readonly behindBytes: number;
  readonly closedAfterSeconds: number;
  readonly closeCode: number | undefined;
  /** Entries that came by themselves after the return, and those that had to be paged over HTTP. */
  readonly sentAgain: number;
  readonly paged: number;
  /** Entries that it has not got in the end, or twice. */
  readonly wrong: number;
}

export async function everybodyReads(scene: Scene): Promise<Round> {
  const stretches: SteadyResult[] = [];
  for (let stretch = 0; stretch < (scene.setting.quick ? 1 : 3); stretch++) stretches.push(await oneStretch(scene));
  return { stretches, heldBytes: (await scene.subject.gatewayMemory()).held };
}

/** Goes on until the server has closed the connection; then the slow one reads what is left, and returns. */
export async function oneDoesNotRead(scene: Scene): Promise<Round & Slowness> {
  const { subject, chatId, slowOne } = scene;
  const closedBefore = await closedWith(subject, tooSlow);
  return withCrowd({ port: subject.port, path: '/ws', tokens: [slowOne.token], chatId }, async (slow) => {
    await slow.ask({ kind: 'pause' });
    const sampler = watch(scene, closedBefore);
    const stretches: SteadyResult[] = [];
    const held: number[] = [];
    // Looked at between the times that count, as long as the server holds something for it.
    for (let isOpen = true; isOpen && stretches.length < mostStretches;) {
      stretches.push(await oneStretch(scene));
      isOpen = (await closedWith(subject, tooSlow)) === closedBefore;
      if (isOpen) held.push((await subject.gatewayMemory()).held);
    }
    const seen = await sampler.stop();
    const [closedAfterSeconds, atClose] = seen.find(([, { isClosed }]) => isClosed) ?? [];
    if (closedAfterSeconds === undefined) throw new Error('The one who does not read was not closed');
    // Of nothing there is no largest: it would pass every bar.
    if (held.length === 0)
      throw new Error('The one who does not read was closed before the server held anything for it');
    await slow.ask({ kind: 'drain' });
    const [left] = (await slow.ask({ kind: 'look' })).places;
    const behind = await entriesBetween(slowOne, chatId, left!.position, atClose!.lastSeq);
    const behindBytes = behind.reduce((sum, entry) => sum + Buffer.byteLength(JSON.stringify(entry)), 0);
    return {
      stretches,
      heldBytes: Math.max(...held),
      closedAfterSeconds,
      behindBytes,
      closeCode: left!.closeCode,
      ...(await comeBack(scene, slow)),
    };
  });
}

/** Back to where it was: what is sent again, and what is not sent but named and read over HTTP. */
async function comeBack({ subject, chatId, slowOne }: Scene, slow: Crowd) {
  const before = (await slow.ask({ kind: 'look' })).places[0]!;
  const { resumedMs, firstFailures } = await slow.ask({ kind: 'reconnect', spreadMs: 0, limitMs: 10_000 });
  if (resumedMs.length !== 1) throw new Error(`The slow one did not come back: ${firstFailures.join(' | ')}`);
  const { position, wrong, gaps } = (await slow.ask({ kind: 'look' })).places[0]!;
  const skipped = gaps.reduce((sum, [from, to]) => sum + to - from, 0);
  const skippedBefore = before.gaps.reduce((sum, [from, to]) => sum + to - from, 0);
  let paged = 0;
  for (const [from, to] of gaps) paged += (await entriesBetween(slowOne, chatId, from, to)).length;
  const behind = (await lastSeq(subject, chatId)) - position;
  const sentAgain = position - before.position - (skipped - skippedBefore);
  return { sentAgain, paged, wrong: wrong + behind + skipped - paged };
}

function oneStretch({ setting, subject, crowd, chatId }: Scene): Promise<SteadyResult> {
  const content = 'long '.repeat(contentLength / 5);
  const texts = [JSON.stringify({ type: 'send', chat_id: chatId, content })];
  const order = { kind: 'steady', texts, perSecond, warmUpSeconds: 0.5, seconds: stretchSeconds } as const;
  return setting.generator.during(subject.port, 'a slow reader', () => crowd.ask(order));
}

function watch({ subject, chatId }: Scene, closedBefore: number) {
  return new Sampler(sampleMs, async () => {
    const isClosed = (await closedWith(subject, tooSlow)) > closedBefore;
    return { isClosed, lastSeq: await lastSeq(subject, chatId) };
  });
}

async function lastSeq({ admin }: Subject, chatId: number): Promise<number> {
  const text = 'SELECT last_seq FROM message.chat_heads WHERE chat_id = $1';
  const { rows } = await admin.query<{ last_seq: string }>(text, [chatId]);
  return Number(rows[0]?.last_seq);
}

/** The entries after `from` up to `to`, as the person may page them. */
async function entriesBetween(person: Person, chatId: number, from: number, to: number): Promise<{ seq: number }[]> {
  const found: { seq: number }[] = [];
  for (let after = from; after < to; after = found.at(-1)!.seq) {
    const path = `/api/chats/${chatId}/log?after=${after}&limit=${Math.min(logPage, to - after)}`;
    const { entries } = await person.call<{ entries: { seq: number }[] }>('GET', path);
    if (entries.length === 0) break;
    found.push(...entries);
  }
  return found;
}
