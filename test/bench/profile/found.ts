import type { HeapProfiler, Profiler } from 'node:inspector';

/** A process of the server that can be profiled. */
export interface Present {
  readonly pid: number;
  readonly name: string;
  /** Where people connect to it, if they do. */
  readonly port: number;
}

type Memory = Readonly<Record<string, number>>;

/** What a process has found out about itself. */
export interface Found {
  readonly name: string;
  readonly cpu: Profiler.Profile;
  readonly heap: HeapProfiler.SamplingHeapProfile;
  /** Heap statistics of V8, and `rss`, in bytes. */
  readonly memoryBefore: Memory;
  readonly memoryAfter: Memory;
}
