import type { ChatLog } from './chat-log.js';
import type { Anomaly, Applied, Finding, View } from './history.js';

/** One client applies every entry of its stays, once, in order, as it was written, and nothing else. */
export function checkView(log: ChatLog, view: View): Finding[] {
  const { client, chat, base, applied } = view;
  const findings: Finding[] = [];
  const report = (anomaly: Anomaly, seq: number) => findings.push({ anomaly, chat, client, seq });
  const awaited = expectedOf(log, view);
  const seen = new Set<number>();
  let highest = base;
  for (const entry of applied) {
    const { seq } = entry;
    if (awaited.delete(seq)) {
      if (seq < highest) report('reordered', seq);
      highest = Math.max(highest, seq);
    } else if (log.row(seq) === undefined) report('phantom', seq);
    else if (seen.has(seq) || seq <= base) report('dup-applied', seq);
    else report('seen-after-removal', seq);
    seen.add(seq);
    if (log.contentAt(entry.version, entry.content) !== entry.content) report('view-disagrees', seq);
    if (isTooEarly(log, entry)) report('seen-before-sent', seq);
  }
  for (const seq of awaited) report(seq < highest ? 'gap-applied' : 'not-converged', seq);
  return findings;
}

/** The entries that the client must apply. */
function expectedOf(log: ChatLog, { base, stays, forgone = [] }: View): Set<number> {
  const expected = new Set<number>();
  let index = 0;
  for (const { seq } of log.rows) {
    while ((stays[index]?.last ?? Infinity) < seq) index++;
    const stay = stays[index];
    if (stay !== undefined && seq >= stay.first && seq > base) expected.add(seq);
  }
  for (const { first, last } of forgone) for (let seq = first; seq <= last; seq++) expected.delete(seq);
  return expected;
}

function isTooEarly(log: ChatLog, { seq, version, at }: Applied): boolean {
  return [seq, version].some((place) => at < (log.writerOf(place)?.invoked ?? -Infinity));
}
