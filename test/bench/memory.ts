import type { Subject } from './subject.js';

/** Memory of one process at one moment, in MiB. */
export interface Reading {
  /** Since the beginning. */
  readonly seconds: number;
  readonly process: string;
  readonly rss: number;
  readonly heap: number;
}

const everyMs = 1_000;
const MiB = 2 ** 20;

/** Reads the memory of every process of ours each second, from its own metrics, until `stop`. */
export class MemoryWatch {
  readonly readings: Reading[] = [];
  private readonly started = performance.now();
  private readonly timer: NodeJS.Timeout;
  private failure: unknown;

  constructor(private readonly subject: Subject) {
    this.timer = setInterval(() => {
      this.read().catch((error: unknown) => (this.failure ??= error));
    }, everyMs);
  }

  /** Throws when a process did not answer. */
  stop(): readonly Reading[] {
    clearInterval(this.timer);
    if (this.failure !== undefined) throw new Error('The memory could not be read', { cause: this.failure });
    return this.readings;
  }

  private async read(): Promise<void> {
    const seconds = (performance.now() - this.started) / 1000;
    for (const [process, port] of Object.entries(this.subject.metricsPorts)) {
      const text = await (
        await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(5_000) })
      ).text();
      const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]) / MiB;
      const [rss, heap] = [value('process_resident_memory_bytes'), value('nodejs_heap_size_used_bytes')];
      this.readings.push({ seconds, process, rss, heap });
    }
  }
}

/**
 * What the heap holds after garbage collection: the lowest reading in each stretch of so many seconds. Between two
 * collections the heap is full of what nobody needs any more.
 */
export function lowest(
  points: readonly (readonly [seconds: number, value: number])[],
  stretchSeconds: number,
): (readonly [number, number])[] {
  const found = new Map<number, readonly [number, number]>();
  const whole = Math.floor(((points.at(-1)?.[0] ?? 0) + 1) / stretchSeconds);
  for (const point of points) {
    const stretch = Math.floor(point[0] / stretchSeconds);
    // The last one may have ended before its collection.
    if (stretch >= whole) break;
    const known = found.get(stretch);
    if (known === undefined || point[1] < known[1]) found.set(stretch, point);
  }
  return [...found.values()];
}
