import type { ChatLog } from './chat-log.js';
import { groupBy } from './group.js';
import type { Finding, Read } from './history.js';

/** Reads of a chat's end show what had been acknowledged before, and nobody is taken back in time. */
export function checkReads(log: ChatLog, reads: readonly Read[]): Finding[] {
  const { chat } = log;
  const acknowledged = new Highest(
    log.operations.flatMap(({ outcome }) =>
      outcome.type === 'ok' && outcome.seq !== undefined ? [{ at: outcome.ended, seq: outcome.seq }] : [],
    ),
  );
  const clients = groupBy(reads, ({ client }) => client);
  return [...clients].flatMap(([client, own]) => {
    const shown = new Highest(own.map(({ ended, last }) => ({ at: ended, seq: last })));
    return own.flatMap(({ invoked, last }) => {
      const findings: Finding[] = [];
      if (last < acknowledged.before(invoked)) findings.push({ anomaly: 'stale-read', chat, client, seq: last });
      if (last < shown.before(invoked)) findings.push({ anomaly: 'non-monotonic-read', chat, client, seq: last });
      return findings;
    });
  });
}

/** The highest seq that was known before a time. */
class Highest {
  private readonly times: number[] = [];
  private readonly highest: number[] = [];

  constructor(known: readonly { readonly at: number; readonly seq: number }[]) {
    let highest = 0;
    for (const { at, seq } of known.toSorted((a, b) => a.at - b.at)) {
      highest = Math.max(highest, seq);
      this.times.push(at);
      this.highest.push(highest);
    }
  }

  /** 0 when nothing was. */
  before(time: number): number {
    let low = 0;
    for (let high = this.times.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((this.times[middle] as number) < time) low = middle + 1;
      else high = middle;
    }
    return this.highest[low - 1] ?? 0;
  }
}
