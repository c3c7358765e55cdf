import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus, type Subscription } from '#bus/bus.js';
import { isUnserved } from '#bus/retry.js';
import { authEvent, authRpc, type Revocation } from '#contracts/auth.contract.js';
import { Loop } from '#service/loop.js';
import { Logger } from '#telemetry/logger.js';
import { self } from '../self.js';

/** A loop spreads its pauses by a tenth, and auth takes time to answer: still within a second. */
const pollMs = 800;
/** Longest time in which tokens are still believed while auth may be there and is not heard. */
const staleMs = 60_000;
/** Access tokens live ten minutes: after this time nobody can come with one of an ended session. */
const rememberMs = 20 * 60_000;
const pageLength = 1_000;

type Listener = (revocation: Revocation) => void;

/** The sessions that ended before their tokens did: told by an event at once, and by auth's dense list each second. */
@Injectable()
export class SessionRevocations implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('gateway.revocations');
  private readonly revokedAt = new Map<number, number>();
  private readonly listeners = new Set<Listener>();
  private readonly loop = new Loop('gateway.revocations', pollMs, () => this.poll());
  private subscription: Subscription | undefined;
  private position: number | undefined;
  private freshAt = -Infinity;
  /** Whether auth's list was read and this process was connected ever since, so that each later event was heard. */
  private hearsAll = false;
  private first: Promise<void> | undefined;

  constructor(private readonly bus: Bus) {}

  onApplicationBootstrap(): void {
    this.subscription = this.bus.subscribe(authEvent.revoked, {}, (revocation) => this.learn(revocation));
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.subscription?.unsubscribe();
    await this.loop.stop();
  }

  isRevoked(sessionId: number): boolean {
    return this.revokedAt.has(sessionId);
  }

  /** Calls the listener once for each session that ends from now on. Answers how to stop listening. */
  onRevoked(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** False while auth may be there and was not heard for a minute: then nobody can tell which sessions have ended. */
  get areFresh(): boolean {
    return performance.now() - this.freshAt <= staleMs;
  }

  /** Asks auth now. Throws UNAVAILABLE when it does not answer. */
  async refresh(): Promise<void> {
    this.first ??= this.poll().finally(() => (this.first = undefined));
    await this.first;
  }

  private async poll(): Promise<void> {
    try {
      await this.readOn();
      this.hearsAll = true;
    } catch (error) {
      if (!this.bus.status().healthy) this.hearsAll = false;
      // Nobody but auth ends sessions: where it is not, there is nothing to hear.
      if (!this.hearsAll || !isUnserved(error)) throw error;
    }
    this.freshAt = performance.now();
    this.forget();
  }

  /** Learns what auth's list holds beyond the last position. */
  private async readOn(): Promise<void> {
    for (;;) {
      const after = this.position;
      const { revocations, last_id } = await this.bus.call(
        authRpc.listRevocations,
        after === undefined ? {} : { after },
        {
          as: self,
          timeoutMs: 2_000,
        },
      );
      for (const revocation of revocations) this.learn(revocation);
      // Auth was restored to an earlier point, from which on it counts anew.
      if (after !== undefined && last_id < after) {
        this.position = undefined;
        continue;
      }
      this.position = after === undefined ? last_id : (revocations.at(-1)?.id ?? after);
      if (after === undefined || revocations.length < pageLength) return;
    }
  }

  private learn(revocation: Revocation): void {
    if (this.revokedAt.has(revocation.session_id)) return;
    this.revokedAt.set(revocation.session_id, performance.now());
    for (const listener of this.listeners) {
      try {
        listener(revocation);
      } catch (error) {
        this.logger.error('A listener failed on an ended session', error);
      }
    }
  }

  private forget(): void {
    const before = performance.now() - rememberMs;
    for (const [sessionId, at] of this.revokedAt) {
      if (at >= before) return;
      this.revokedAt.delete(sessionId);
    }
  }
}
