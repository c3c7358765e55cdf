import { Bulkhead } from './bulkhead.js';
import { CachedValues } from './cached-values.js';
import { lastingPattern } from './pattern.fixture.js';
import type { Store } from './store.js';

/** Something that takes a while, in whatever order the test decides. */
export type Step = <Result>(work: () => Result) => Promise<Result>;

interface Row {
  readonly version: number;
}

/**
 * Readers and writers of one row, each in a process with a memory of its own, over one store. Reads, the commit, what the
 * store does and the event between the processes take their time. Answers what is permanently stale: the versions that
 * somebody still serves when all has come to rest.
 */
export async function race(
  makeStore: () => Store,
  step: Step,
  { readers, writers, versioned }: { readers: number; writers: number; versioned: boolean },
  rest: (all: Promise<unknown>) => Promise<unknown> = (all) => all,
): Promise<number[]> {
  let row: Row = { version: 0 };
  const heard: Promise<unknown>[] = [];
  const processes: CachedValues<number, Row>[] = [];
  const startProcess = () => {
    // The row is as it was at one moment between the question and its answer.
    const load = async () => {
      const found = await step(() => row);
      await step(() => undefined);
      return new Map([[1, { value: found, ...(versioned && { version: found.version }) }]]);
    };
    const publish = (_: string, ids: readonly (string | number)[] = []) => {
      for (const other of processes) if (other !== own) heard.push(step(() => other.forget(ids as number[])));
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
      await process.getOrCompute(1);
    }
  });
  const writing = Array.from({ length: writers }, startProcess).map(async (process, index) => {
    await step(() => undefined);
    const commit = () => step(() => (row = { version: row.version + 1 }));
    if (index % 2 === 0) return process.change([1], commit);
    const { version } = await commit();
    return process.invalidate([1], versioned ? version : undefined);
  });
  await rest(Promise.all([...reading, ...writing]));
  await rest(Promise.all(heard));
  const seen = Promise.all(processes.map((process) => process.getOrCompute(1)));
  await rest(seen);
  return (await seen).flatMap((found) => (found === undefined || found.version === row.version ? [] : [found.version]));
}
