import type { ChatLog } from './chat-log.js';
import type { Finding } from './history.js';

/** What was stored against what was asked for and answered. */
export function checkStored(log: ChatLog): Finding[] {
  return [...checkRows(log), ...checkOperations(log), ...checkRealTime(log)];
}

/** Dense numbers, each given once, and every keyed entry asked for, once, as it stands there. */
function* checkRows(log: ChatLog): Iterable<Finding> {
  const { chat } = log;
  const keys = new Set<string>();
  let last = 0;
  for (const { seq, key, content } of log.rows) {
    if (seq === last) yield { anomaly: 'seq-collision', chat, seq };
    else if (seq !== last + 1) yield { anomaly: 'seq-gap', chat, seq };
    last = seq;
    if (key === undefined) continue;
    if (keys.has(key)) yield { anomaly: 'duplicate-store', chat, seq, key };
    keys.add(key);
    const operation = log.operation(key);
    if (operation === undefined) yield { anomaly: 'phantom', chat, seq, key };
    else if (operation.outcome.type === 'fail') yield { anomaly: 'failed-but-stored', chat, seq, key };
    else if (content !== undefined && content !== operation.content) yield { anomaly: 'corrupt', chat, seq, key };
  }
}

/** What was acknowledged is stored, and there. */
function* checkOperations(log: ChatLog): Iterable<Finding> {
  const { chat } = log;
  for (const operation of log.operations) {
    const { key, outcome } = operation;
    if (outcome.type !== 'ok') continue;
    const row = log.rowOf(operation);
    const { seq } = outcome;
    if (row === undefined) yield { anomaly: 'lost-ack', chat, seq, key };
    else if (seq !== undefined && row.seq !== seq) yield { anomaly: 'ack-mismatch', chat, seq, key };
  }
}

/** Nothing that had been answered stands behind what was asked for only then. */
function* checkRealTime(log: ChatLog): Iterable<Finding> {
  const { chat } = log;
  let lastInvoked = -Infinity;
  for (const { seq } of log.rows) {
    const writer = log.writerOf(seq);
    if (writer === undefined) continue;
    const { invoked, outcome, key } = writer;
    if (outcome.type === 'ok' && outcome.ended < lastInvoked) yield { anomaly: 'realtime-order', chat, seq, key };
    lastInvoked = Math.max(lastInvoked, invoked);
  }
}
