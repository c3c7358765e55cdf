import { check } from '../history/check.js';
import type { Finding, View } from '../history/history.js';
import type { FateCounts } from '../network/nats-faults.js';
import { differences } from './contents.js';
import { historyOf, isWithin, staysOf, type FinalChat } from './history-of-run.js';
import type { NemesisCounts } from './nemesis.js';
import type { Participant } from './participant.js';

/** What a run has shown. */
export interface DropsReport extends NemesisCounts {
  readonly events: Readonly<FateCounts>;
  /** Connections after the first of each client. */
  readonly reconnects: number;
  /** Entries that came over realtime connections. */
  readonly received: number;
  /** Of these, such that the client had already. */
  readonly doubles: number;
  /** Times that a client was told to fetch what it had missed, as it was too much. */
  readonly gaps: number;
  /** Entries that clients were to apply, and those that they have applied. */
  readonly expected: number;
  readonly applied: number;
  /** Clients whose connections had to bring everything, and entries that these had to fetch over HTTP nevertheless. */
  readonly served: number;
  readonly notBrought: number;
  /**
   * Entries of their stays that clients were told they do not get. Some who leave are cut off before they have
   * everything; nobody else may be told so.
   */
  readonly forgone: number;
  readonly withheld: number;
  /** What was asked for, by its outcome. */
  readonly operations: Readonly<Record<'ok' | 'fail' | 'info', number>>;
  readonly findings: readonly Finding[];
  /** Messages that clients have otherwise than a fresh read shows them. */
  readonly differences: readonly { readonly client: string; readonly message: number }[];
}

/** Judges a run by what its participants did and saw, and by how the chats are in the end. */
export function reportOf(
  participants: readonly Participant[],
  chats: ReadonlyMap<number, FinalChat>,
  happened: NemesisCounts & { readonly events: FateCounts },
): DropsReport {
  const history = historyOf(participants, chats);
  const findings = check(history);
  const applied = history.views.reduce((total, view) => total + view.applied.length, 0);
  const missing = findings.filter(({ anomaly }) => anomaly === 'gap-applied' || anomaly === 'not-converged').length;
  const steady = new Set(participants.filter(({ options }) => !options.isRestless).map(({ options }) => options.name));
  const served = participants.filter(({ options: { name, transport }, client: { counters } }) => {
    // An event stream goes on by time, and may do so later than its client waits. A `gap` says: fetch it.
    return steady.has(name) && transport === 'websocket' && counters.gaps === 0;
  });
  const outcomes = history.operations.map(({ outcome }) => outcome.type);
  const count = (type: 'ok' | 'fail' | 'info') => outcomes.filter((outcome) => outcome === type).length;
  return {
    ...happened,
    reconnects: total(participants, ({ client }) => client.counters.connections - 1),
    received: total(participants, ({ client }) => client.counters.received),
    doubles: total(participants, ({ client }) => client.counters.duplicates),
    gaps: total(participants, ({ client }) => client.counters.gaps),
    expected: applied + missing,
    applied,
    served: served.length,
    notBrought: total(served, ({ client }) => client.counters.fetched),
    forgone: history.views.reduce((sum, view) => sum + forgoneOf(view), 0),
    withheld: history.views.reduce((sum, view) => sum + (steady.has(view.client) ? forgoneOf(view) : 0), 0),
    operations: { ok: count('ok'), fail: count('fail'), info: count('info') },
    findings,
    differences: [...chats].flatMap(([chat, final]) =>
      participants.flatMap((participant) => differencesOf(participant, chat, final)),
    ),
  };
}

/** How many entries of its stays the client was told that it does not get. */
function forgoneOf({ stays, forgone = [], base }: View): number {
  let count = 0;
  for (const { first, last } of forgone)
    for (let seq = Math.max(first, base + 1); seq <= last; seq++) if (isWithin(stays, seq)) count++;
  return count;
}

function differencesOf({ recorder, client }: Participant, chat: number, { log, messages }: FinalChat) {
  const applied = (recorder.applied.get(chat) ?? []).map(({ entry }) => entry);
  const stays = staysOf(log, client.user?.id ?? 0);
  const untold = recorder.forgone.filter((stretch) => stretch.chat === chat);
  const isTold = (seq: number) => isWithin(stays, seq) && !isWithin(untold, seq);
  return differences(applied, messages, log, isTold).map((message) => ({ client: recorder.client, message }));
}

function total(participants: readonly Participant[], of: (participant: Participant) => number): number {
  return participants.reduce((sum, participant) => sum + of(participant), 0);
}
