import type { ServerResponse } from 'node:http';
import { closeCode } from '#contracts/frame.js';
import type { Transport } from '../connection/connection.js';
import type { Frame } from '../connection/frame.js';
import { heartbeatSeconds } from '../delivery/hub.js';

const heartbeatMs = heartbeatSeconds * 1_000;
/**
 * A client that has vanished without a word looks like one that only listens: nothing of it ever comes, and what is
 * written waits in the kernel. So every stream ends after a while, and who is still there comes again.
 */
const lifeMs = 5 * 60_000;
/** Time for the client to take what is under way when the stream ends. */
const farewellMs = 5_000;

/**
 * A client on an event stream. The id of an event says until when the client has everything: there is none while some of
 * it waits.
 */
export class SseTransport implements Transport {
  /** Spread, as all streams of a gateway may have begun together. */
  private readonly end = Date.now() + lifeMs * (0.9 + Math.random() * 0.2);
  private pingedAt = Date.now();
  /** While events of the past are being sent again, ids would promise too much: the client keeps the one it has. */
  private replaying = false;

  constructor(
    private readonly response: ServerResponse,
    private readonly clock: () => string,
  ) {}

  /** Not while the past is being sent again: the client would begin with that from where it was. */
  get endsAt(): number | undefined {
    return this.replaying ? undefined : this.end;
  }

  /** Sends no ids while `work` sends again what the client may have missed. */
  async replay(work: () => Promise<void>): Promise<void> {
    this.replaying = true;
    await work();
    this.replaying = false;
  }

  write(frame: Frame, isLast: boolean): boolean {
    return this.response.write(frame.eventStream(this.id(isLast)));
  }

  cork(): void {
    this.response.cork();
  }

  uncork(): void {
    this.response.uncork();
  }

  heartbeat(now: number, isLast: boolean): boolean {
    if (now - this.pingedAt < heartbeatMs) return true;
    this.pingedAt = now;
    const id = this.id(isLast);
    this.response.write(`${id === undefined ? '' : `id: ${id}\n`}event: ping\ndata: {}\n\n`);
    return true;
  }

  /** An event stream has no close codes: the client comes again, and is refused if it may not. */
  close(code: number, reason: string): void {
    if (code === closeCode.restarting) {
      const { retry_after_ms } = JSON.parse(reason) as { retry_after_ms: number };
      this.response.write(`retry: ${retry_after_ms}\n\n`);
    }
    this.response.end();
    // Who takes nothing would keep the socket for ever.
    setTimeout(() => this.response.destroy(), farewellMs).unref();
  }

  terminate(): void {
    this.response.destroy();
  }

  private id(isLast: boolean): string | undefined {
    return this.replaying || !isLast ? undefined : this.clock();
  }
}
