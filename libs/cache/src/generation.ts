import { randomUUID } from 'node:crypto';
import type { RedisConnection } from './redis.js';

/** A process that asks Redis learns within this time that another one has begun a new generation. */
const knownMs = 500;
const retryMs = 250;

/**
 * The part of a pattern's keys that changes when all of its values are to be forgotten: no KEYS, no scan. A new one
 * begins on demand and after every time in which Redis may have missed an invalidation: also with every process, as one
 * before it may have died with an invalidation that it owed. It is drawn at random, as a Redis that lost its last writes
 * would count to a number that was in use before.
 */
export class Generation {
  private current = '';
  private readAt = -Infinity;
  /** Times at which something was owed, and up to which of them it was settled. */
  private owed = 0;
  private settled = 0;
  private beginning: Promise<void> | undefined;
  private retry: NodeJS.Timeout | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly redis: RedisConnection,
    private readonly name: string,
  ) {
    redis.onReturn(() => this.owe());
    this.owe();
  }

  /** What keys begin with; at most half a second old. */
  async prefix(): Promise<string> {
    await this.settle();
    if (performance.now() - this.readAt > knownMs) await this.read();
    return this.prefixNow();
  }

  /** What keys begin with at this moment. */
  async latestPrefix(): Promise<string> {
    await this.settle();
    await this.read();
    return this.prefixNow();
  }

  /** Values of this generation may be wrong: a new one begins as soon as Redis can be reached. */
  owe(): void {
    this.owed++;
    this.retry ??= setTimeout(() => {
      this.retry = undefined;
      this.settle().catch(() => undefined);
    }, retryMs).unref();
  }

  /** Begins the generation that is owed. Throws while Redis is away. */
  async settle(): Promise<void> {
    while (this.settled !== this.owed) {
      // One for all who wait: a second one would empty again what was remembered since the first.
      this.beginning ??= this.begin(this.owed).finally(() => (this.beginning = undefined));
      try {
        await this.beginning;
      } catch (error) {
        this.owe();
        throw error;
      }
    }
  }

  /** `listener` runs when this process learns of a new generation. */
  onRenewed(listener: () => void): void {
    this.listeners.add(listener);
  }

  private prefixNow(): string {
    return `cache:${this.name}:${this.current}:`;
  }

  private get key(): string {
    return `cache:${this.name}:generation`;
  }

  private async begin(upTo: number): Promise<void> {
    const fresh = randomUUID();
    await this.redis.run((client) => client.set(this.key, fresh));
    this.adopt(fresh);
    this.settled = Math.max(this.settled, upTo);
  }

  private async read(): Promise<void> {
    const found = await this.redis.run(async (client) => {
      const known = await client.get(this.key);
      if (known !== null) return known;
      await client.set(this.key, randomUUID(), { condition: 'NX' });
      return client.get(this.key);
    });
    if (found === null) throw new Error(`${this.key} cannot be kept`);
    this.adopt(found);
  }

  private adopt(generation: string): void {
    this.readAt = performance.now();
    if (this.current === generation) return;
    const isFirst = this.current === '';
    this.current = generation;
    if (!isFirst) for (const listener of this.listeners) listener();
  }
}
