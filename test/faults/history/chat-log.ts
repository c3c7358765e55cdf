import type { Operation, Row } from './history.js';

/** One chat: what was asked for and what was stored, matched. */
export class ChatLog {
  /** By rising seq. */
  readonly rows: readonly Row[];
  private readonly bySeq: ReadonlyMap<number, Row>;
  private readonly byKey = new Map<string, Row>();
  private readonly operationsByKey: ReadonlyMap<string, Operation>;
  private readonly operationsBySeq = new Map<number, Operation>();
  private readonly told = new Map<number, string>();

  constructor(
    readonly chat: number,
    readonly operations: readonly Operation[],
    rows: readonly Row[],
  ) {
    this.rows = rows.toSorted((a, b) => a.seq - b.seq);
    this.bySeq = new Map(this.rows.map((row) => [row.seq, row]));
    for (const row of this.rows) if (row.key !== undefined && !this.byKey.has(row.key)) this.byKey.set(row.key, row);
    this.operationsByKey = new Map(operations.map((operation) => [operation.key, operation]));
    for (const operation of operations) {
      const seq = this.rowOf(operation)?.seq;
      if (seq !== undefined) this.operationsBySeq.set(seq, operation);
    }
  }

  row(seq: number): Row | undefined {
    return this.bySeq.get(seq);
  }

  operation(key: string): Operation | undefined {
    return this.operationsByKey.get(key);
  }

  /** Who wrote the entry, if a client did. */
  writerOf(seq: number): Operation | undefined {
    return this.operationsBySeq.get(seq);
  }

  /** What entry `seq` wrote. Where neither the log nor its writer knows, what the first who saw it was told. */
  contentAt(seq: number, seen: string): string {
    const known = this.row(seq)?.content ?? this.writerOf(seq)?.content ?? this.told.get(seq);
    if (known === undefined) this.told.set(seq, seen);
    return known ?? seen;
  }

  /** Where an operation is stored: where its key is, or where its answer said if the log tells no key there. */
  rowOf({ key, outcome }: Operation): Row | undefined {
    const found = this.byKey.get(key);
    if (found !== undefined || outcome.type !== 'ok' || outcome.seq === undefined) return found;
    const acknowledged = this.bySeq.get(outcome.seq);
    return acknowledged?.key === undefined ? acknowledged : undefined;
  }
}
