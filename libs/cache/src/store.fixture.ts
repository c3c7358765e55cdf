import type { Found, Store, Write } from './store.js';

interface Kept {
  value?: { json: string; version: number; until: number; end: number };
  lease?: { token: string; until: number };
  leastVersion?: number;
}

/**
 * What RedisStore does, in memory and by the clock of the test, so that a test can let every step of it happen in any
 * order. `store.spec.ts` holds both to the same.
 */
export class FakeStore implements Store {
  private readonly kept = new Map<string, Kept>();
  private readonly listeners = new Set<() => void>();

  /** `careless`: stores whatever comes, as an ordinary cache does. */
  constructor(
    private readonly step: <Result>(work: () => Result) => Promise<Result>,
    private readonly options: { careless?: boolean; leaseMs?: number; now?: () => number } = {},
  ) {}

  begin(ids: readonly string[], token: string): Promise<Found[]> {
    return this.step(() => ids.map((id) => this.look(id, token)));
  }

  finish(writes: readonly Write[], token: string): Promise<void> {
    return this.step(() => writes.forEach((write) => this.store(write, token)));
  }

  release(ids: readonly string[], token: string): Promise<void> {
    return this.step(() => {
      for (const id of ids) {
        const kept = this.kept.get(id);
        if (kept?.lease?.token === token) delete kept.lease;
      }
    });
  }

  invalidate(ids: readonly string[], options: { version?: number | undefined; holdMs?: number }): Promise<void> {
    return this.step(() => {
      for (const id of ids) {
        const least = Math.max(options.version ?? -1, this.kept.get(id)?.leastVersion ?? -1);
        this.kept.set(id, {
          ...(least >= 0 && { leastVersion: least }),
          ...(options.holdMs !== undefined && { lease: { token: '', until: this.now() + options.holdMs } }),
        });
      }
    });
  }

  invalidateAll(): Promise<void> {
    return this.step(() => this.kept.clear());
  }

  async all(): Promise<[string, string][]> {
    return [...this.kept].flatMap(([id, { value }]) => (value === undefined ? [] : [[id, value.json]]));
  }

  onRenewed(listener: () => void): void {
    this.listeners.add(listener);
  }

  private look(id: string, token: string): Found {
    const kept = this.kept.get(id) ?? {};
    const value = kept.value !== undefined && kept.value.end > this.now() ? kept.value : undefined;
    if (value !== undefined && value.until > this.now()) return { kind: 'hit', json: value.json };
    const stale = value === undefined ? {} : { stale: value.json };
    if (kept.lease !== undefined && kept.lease.until > this.now()) return { kind: 'wait', ...stale };
    this.kept.set(id, { ...kept, lease: { token, until: this.now() + (this.options.leaseMs ?? 3_000) } });
    return { kind: 'load', ...stale };
  }

  private store({ id, json, version, ttlMs, staleMs }: Write, token: string): void {
    const { careless = false } = this.options;
    const kept = this.kept.get(id) ?? {};
    if (!careless && kept.lease?.token !== token) return;
    delete kept.lease;
    const known = Math.max(kept.leastVersion ?? -1, kept.value?.version ?? -1);
    if (!careless && version !== undefined && version < known) return;
    const until = this.now() + ttlMs;
    this.kept.set(id, { ...kept, value: { json, version: version ?? -1, until, end: until + staleMs } });
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }
}
