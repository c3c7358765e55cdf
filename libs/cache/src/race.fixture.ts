import { Bulkhead } from './bulkhead.js';
import { CachedValues } from './cached-values.js';
import { lastingPattern } from './pattern.fixture.js';
import type { Store } from './store.js';

/** Something that takes a while, in whatever order the test decides. */
export type Step = <Result>(work: () => Result) => Promise<Result>;

interface Row {
  readonly version: number;
}

/** All are read together, the first one is changed. */
const ids = [1, 2];

/**
 * Readers and writers of two rows, each in a process with a memory of its own, over one store. Writers change the first
 * row and read both before, meanwhile and after. Reads, the commit, what the store does and the event between the
 * processes take their time. Answers the versions that are stale: what a writer is shown after its change, and what
 * somebody still serves when all has come to rest.
 */
export async function race(
  makeStore: () => Store,
  step: Step,
  { readers, writers, versioned }: { readers: number; writers: number; versioned: boolean },
  rest: (all: Promise<unknown>) => Promise<unknown> = (all) => all,
): Promise<number[]> {
  let row: Row = { version: 0 };
  const unchanged: Row = { version: 0 };
  const heard: Promise<unknown>[] = [];
  const processes: CachedValues<number, Row>[] = [];
  const startProcess = () => {
    // The rows are as they were at one moment between the question and its answer.
    const load = async (asked: readonly number[]) => {
      const found = await step(() => new Map(ids.map((id) => [id, id === 1 ? row : unchanged])));
      await step(() => undefined);
      return new Map(
        asked.map((id) => {
          const value = found.get(id) as Row;
          return [id, { value, ...(versioned && { version: value.version }) }];
        }),
      );
    };
    const publish = (_: string, ids: readonly (string | number)[] = []) => {
      for (const other of processes)
        if (other !== own) heard.push(step(() => other).then((it) => it.hear(ids as number[])));
    };
    const bulkhead = new Bulkhead(100, 100);
    const own = new CachedValues<number, Row>(lastingPattern('race'), load, {
      store: makeStore(),
      invalidations: { publish },
      bulkhead,
      waitMs: 0,
    });
    processes.push(own);
    return own;
  };
  const reading = Array.from({ length: readers }, startProcess).map(async (process) => {
    for (let round = 0; round < 2; round++) {
      await step(() => undefined);
      await process.getOrComputeMany(ids);
    }
  });
  const early: number[] = [];
  const writing = Array.from({ length: writers }, startProcess).map(async (process, index) => {
    await step(() => undefined);
    const before = process.getOrComputeMany(ids);
    await step(() => undefined);
    const commit = () => step(() => (row = { version: row.version + 1 }));
    const { version } = index % 2 === 0 ? await process.change([1], commit) : await commit();
    if (index % 2 !== 0) await process.invalidate([1], versioned ? version : undefined);
    const seen = (await process.getOrComputeMany(ids)).get(1)?.version ?? -1;
    if (seen < version) early.push(seen);
    await before;
  });
  await rest(Promise.all([...reading, ...writing]));
  await rest(Promise.all(heard));
  const last = Promise.all(processes.map((process) => process.getOrComputeMany(ids)));
  await rest(last);
  const late = (await last).map((found) => found.get(1)?.version ?? -1).filter((version) => version !== row.version);
  return [...early, ...late];
}
