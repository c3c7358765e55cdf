import type { Anomaly, Applied, History, Operation, Row, View } from './history.js';

/** A server with one bug: the history as it would have been recorded; undefined where the bug has no occasion. */
export type Plant = (clean: History) => History | undefined;

type Answered = Operation & {
  readonly outcome: { readonly type: 'ok'; readonly ended: number; readonly seq?: number };
};

const isAnswered = (operation: Operation): operation is Answered => operation.outcome.type === 'ok';

/** One bug for each anomaly. */
export const plants: Readonly<Record<Anomaly, Plant>> = {
  'lost-ack': (clean) => {
    const victim = clean.operations.filter(isAnswered).find(({ key }) => clean.rows.some((row) => row.key === key));
    return victim && { ...clean, rows: clean.rows.filter((row) => !isOf(victim, row)) };
  },
  'ack-mismatch': (clean) => {
    const victim = clean.operations.filter(isAnswered).find((one) => clean.rows.some((row) => isOf(one, row)));
    const row = clean.rows.find((one) => victim !== undefined && isOf(victim, one));
    if (victim === undefined || row === undefined) return undefined;
    const outcome = { ...victim.outcome, seq: row.seq + 1 };
    return { ...clean, operations: replaced(clean.operations, victim, { ...victim, outcome }) };
  },
  'duplicate-store': (clean) => {
    const row = clean.rows.find(({ key }) => key !== undefined);
    return row && { ...clean, rows: [...clean.rows, { ...row, seq: headOf(clean, row.chat) + 1 }] };
  },
  'seq-gap': (clean) => {
    const [{ chat } = { chat: 0 }] = clean.rows;
    return { ...clean, rows: [...clean.rows, { chat, seq: headOf(clean, chat) + 2 }] };
  },
  'seq-collision': (clean) => {
    const [row] = clean.rows;
    return row && { ...clean, rows: [...clean.rows, { chat: row.chat, seq: row.seq }] };
  },
  phantom: (clean) => {
    const row = { chat: 0, seq: headOf(clean, 0) + 1, key: 'nobody', content: 'nothing' };
    return { ...clean, rows: [...clean.rows, row] };
  },
  'failed-but-stored': (clean) => {
    const refused = clean.operations.find(({ outcome }) => outcome.type === 'fail');
    if (refused === undefined) return undefined;
    const { chat, key, content } = refused;
    return { ...clean, rows: [...clean.rows, { chat, seq: headOf(clean, chat) + 1, key, content }] };
  },
  corrupt: (clean) => {
    const row = clean.rows.find(({ key }) => key !== undefined);
    return row && { ...clean, rows: replaced(clean.rows, row, { ...row, content: 'something else' }) };
  },
  'realtime-order': (clean) => {
    const owned = clean.operations.filter(isAnswered).flatMap((operation) => {
      const row = clean.rows.find((one) => isOf(operation, one));
      return row === undefined ? [] : [{ operation, row }];
    });
    for (const earlier of owned)
      for (const later of owned)
        if (earlier.row.chat === later.row.chat && earlier.operation.outcome.ended < later.operation.invoked)
          return exchanged(clean, earlier, later);
    return undefined;
  },
  'view-disagrees': (clean) =>
    altered(clean, ({ applied, chat }) => {
      const isKnown = ({ version }: Applied) =>
        clean.rows.some((row) => isAt(row, chat, version) && row.content !== undefined);
      const entry = applied.find(isKnown);
      return entry && replaced(applied, entry, { ...entry, content: 'something else' });
    }),
  'seen-before-sent': (clean) =>
    altered(clean, ({ applied, chat }) => {
      const asked = (entry: Applied) =>
        clean.operations.find(
          ({ key, chat: of }) => of === chat && clean.rows.some((row) => isAt(row, chat, entry.seq) && row.key === key),
        );
      const entry = applied.find(asked);
      const invoked = entry && asked(entry)?.invoked;
      return entry && invoked !== undefined ? replaced(applied, entry, { ...entry, at: invoked - 1 }) : undefined;
    }),
  'gap-applied': (clean) =>
    altered(clean, ({ applied }) => (applied.length < 2 ? undefined : applied.toSpliced(applied.length - 2, 1))),
  'dup-applied': (clean) => altered(clean, ({ applied: [first, ...rest] }) => first && [first, first, ...rest]),
  reordered: (clean) =>
    altered(clean, ({ applied: [first, second, ...rest] }) => first && second && [second, first, ...rest]),
  'not-converged': (clean) =>
    altered(clean, ({ applied }) => (applied.length === 0 ? undefined : applied.slice(0, -1))),
  'seen-after-removal': (clean) =>
    altered(clean, ({ applied, stays, chat, base }) => {
      const row = clean.rows.find(
        (one) =>
          one.chat === chat &&
          one.seq > base &&
          stays.some(({ last = Infinity }) => one.seq > last) &&
          !stays.some(({ first, last = Infinity }) => one.seq >= first && one.seq <= last),
      );
      return row && [...applied, { seq: row.seq, version: row.seq, content: row.content ?? '', at: 10_000 }];
    }),
  'stale-read': (clean) => {
    for (const read of clean.reads) {
      const known = clean.operations
        .filter(isAnswered)
        .filter(({ chat, outcome }) => chat === read.chat && outcome.ended < read.invoked)
        .map(({ outcome: { seq = 0 } }) => seq);
      const highest = Math.max(0, ...known);
      if (highest > 0) return { ...clean, reads: replaced(clean.reads, read, { ...read, last: highest - 1 }) };
    }
    return undefined;
  },
  'non-monotonic-read': (clean) => {
    const chat = 0;
    const last = headOf(clean, chat);
    const read = { client: 'back in time', chat, invoked: 2_000, ended: 2_001 };
    return last === 0
      ? undefined
      : { ...clean, reads: [...clean.reads, { ...read, last }, { ...read, invoked: 2_002, ended: 2_003, last: 0 }] };
  },
};

function isOf({ chat, key }: Operation, row: Row): boolean {
  return row.chat === chat && row.key === key;
}

function isAt(row: Row, chat: number, seq: number): boolean {
  return row.chat === chat && row.seq === seq;
}

function headOf({ rows }: History, chat: number): number {
  return rows.filter((row) => row.chat === chat).length;
}

function replaced<Item>(items: readonly Item[], item: Item, by: Item): Item[] {
  return items.map((one) => (one === item ? by : one));
}

/** The history with what the first view applied for which there is an occasion. */
function altered(clean: History, alter: (view: View) => readonly Applied[] | undefined): History | undefined {
  for (const view of clean.views) {
    const applied = alter(view);
    if (applied !== undefined) return { ...clean, views: replaced(clean.views, view, { ...view, applied }) };
  }
  return undefined;
}

interface Owned {
  readonly operation: Answered;
  readonly row: Row;
}

/** As if the two had been stored the other way round. */
function exchanged(clean: History, one: Owned, other: Owned): History {
  const at = ({ operation, row }: Owned, seq: number) => ({
    operation: { ...operation, outcome: { ...operation.outcome, seq } },
    row: { ...row, seq },
  });
  const [moved, back] = [at(one, other.row.seq), at(other, one.row.seq)];
  return {
    ...clean,
    views: [],
    operations: replaced(
      replaced<Operation>(clean.operations, one.operation, moved.operation),
      other.operation,
      back.operation,
    ),
    rows: replaced(replaced(clean.rows, one.row, moved.row), other.row, back.row),
  };
}
