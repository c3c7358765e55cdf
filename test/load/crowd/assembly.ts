import { setTimeout as pause } from 'node:timers/promises';
import { LatencyHistogram } from '../histogram.js';
import { atIntervals } from '../intervals.js';
import { Member } from './member.js';
import type { FanOut, Opening, Reconnection, Results, Steady } from './orders.js';

/** So many connections are being opened at a time. */
const openingAtOnce = 128;
const arrivalMs = 30_000;
/** Before it tries again; doubled each time, and spread. */
const firstBackOffMs = 500;
const mostFailureTexts = 3;

type Outcome<Kind extends keyof Results> = Omit<Results[Kind], 'cpu'>;

/** Many sockets and what they do together. */
export class Assembly {
  private constructor(private readonly members: readonly Member[]) {}

  static async open(opening: Opening): Promise<Assembly> {
    const tokens = opening.tokens ?? Array.from({ length: opening.count ?? 0 }, () => undefined);
    const members = tokens.map((token) => new Member(opening, token));
    const waiting = [...members];
    const work = async () => {
      for (let member = waiting.pop(); member !== undefined; member = waiting.pop()) await member.open();
    };
    await Promise.all(Array.from({ length: openingAtOnce }, work));
    return new Assembly(members);
  }

  async fanOut({ texts, warmUp, messages }: FanOut, onBegin: () => void): Promise<Outcome<'fan-out'>> {
    const histogram = new LatencyHistogram();
    const reachedMs: number[] = [];
    let [sentMs, left, reached] = [0, 0, () => {}];
    this.listen((nth) => {
      if (nth !== turn) throw new Error('A message came twice');
      const now = performance.now();
      if (turn >= warmUp) histogram.record(now - sentMs);
      if (--left === 0) reached();
    });
    let turn = 0;
    for (; turn < warmUp + messages; turn++) {
      if (turn === warmUp) onBegin();
      left = this.members.length;
      const all = new Promise<void>((resolve) => (reached = resolve));
      sentMs = performance.now();
      this.members[0]!.send(texts[turn % texts.length]!);
      await inTime(all, () => `A message has not reached ${left} of ${this.members.length} sockets`);
      if (turn >= warmUp) reachedMs.push(performance.now() - sentMs);
    }
    return { reachedMs, latencies: histogram.encode() };
  }

  async steady(order: Steady, onBegin: () => void): Promise<Outcome<'steady'>> {
    const histogram = new LatencyHistogram();
    const [sender, ...others] = this.members;
    const sentMs: number[] = [];
    const beginMs = performance.now() + order.warmUpSeconds * 1000;
    let [received, done] = [0, () => {}];
    let expected = Infinity;
    this.listen((nth, member) => {
      if (member === sender) return;
      const now = performance.now();
      if (sentMs[nth]! >= beginMs) histogram.record(now - sentMs[nth]!);
      received += 1;
      if (received === expected) done();
    });
    const warm = setTimeout(onBegin, order.warmUpSeconds * 1000);
    await atIntervals(order.perSecond, beginMs + order.seconds * 1000, async (turn) => {
      sentMs.push(performance.now());
      sender!.send(order.texts[turn % order.texts.length]!);
    });
    clearTimeout(warm);
    expected = sentMs.length * others.length;
    const all = new Promise<void>((resolve) => (done = resolve));
    if (received < expected) await inTime(all, () => `${expected - received} of ${expected} messages did not arrive`);
    return { sent: sentMs.length, latencies: histogram.encode() };
  }

  async reconnect({ spreadMs, limitMs }: Reconnection): Promise<Outcome<'reconnect'>> {
    const [resumedMs, firstFailures]: [number[], string[]] = [[], []];
    let attempts = 0;
    const cutMs = performance.now();
    for (const member of this.members) member.cut();
    const comeBack = async (member: Member) => {
      await pause(Math.random() * spreadMs);
      for (let backOffMs = firstBackOffMs; performance.now() < cutMs + limitMs; backOffMs *= 2) {
        attempts += 1;
        try {
          await member.resume();
          resumedMs.push(performance.now() - cutMs);
          return;
        } catch (error) {
          if (firstFailures.length < mostFailureTexts) firstFailures.push(String(error));
          await pause(backOffMs * (0.5 + Math.random()));
        }
      }
    };
    await Promise.all(this.members.map(comeBack));
    return { resumedMs, attempts, firstFailures };
  }

  pause(): void {
    for (const member of this.members) member.pause();
  }

  async drain(): Promise<void> {
    await Promise.all(this.members.map((member) => member.drain()));
  }

  look(): Outcome<'look'> {
    return { places: this.members.map((member) => member.place()) };
  }

  private listen(onMessage: (nth: number, member: Member) => void): void {
    for (const member of this.members) {
      member.restartCount();
      member.onMessage = onMessage;
    }
  }
}

async function inTime(work: Promise<void>, why: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(why())), arrivalMs);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
