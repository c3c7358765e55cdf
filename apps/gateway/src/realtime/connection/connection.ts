import { randomUUID } from 'node:crypto';
import type { UserCaller } from '#bus/bus.js';
import type { Identity } from '#contracts/auth.contract.js';
import { closeCode, type ServerFrame } from '#contracts/frame.js';
import { Frame } from './frame.js';
import { OutQueue } from './out-queue.js';
import { closedConnections, codeOfClient, thinnedFrames } from '../realtime.metrics.js';

const stuckMs = 10_000;

/** Longest time that a client is asked to wait before it connects anew. */
const restartSpreadMs = 5_000;

/** How a connection reaches its client: WebSocket or SSE. */
export interface Transport {
  /**
   * Hands a frame to the network. False: the network is full, `Connection.drained` follows. `isLast`: nothing that was
   * to be sent before or since still waits.
   */
  write(frame: Frame, isLast: boolean): boolean;
  /** What is written from now on may leave together, at the latest with `uncork`. */
  cork(): void;
  uncork(): void;
  /** Shows the client that we live, when it is time to; false when the client itself shows no life any more. */
  heartbeat(now: number, isLast: boolean): boolean;
  /** When the client is to connect anew although all seems well, in epoch milliseconds; undefined: never. */
  readonly endsAt?: number | undefined;
  close(code: number, reason: string): void;
  /** Ends without another word. */
  terminate(): void;
}

/** One client of the realtime interface, however it is connected. It never waits for the client. */
export class Connection {
  readonly id = randomUUID();
  /** What the client says of the person before it. */
  status: 'online' | 'away' = 'online';
  /** There is one only while something waits: most clients take what they are sent at once. */
  private queue: OutQueue | undefined;
  private waiting: (() => void)[] | undefined;
  private readonly closing: (() => void)[] = [];
  private written: ((frame: Frame) => void) | undefined;
  /** Since when the network takes nothing, in epoch milliseconds. */
  private stuckSince: number | undefined;
  private open = true;

  /** One object as long as the token holds: the bus signs it once. */
  private who: UserCaller;

  constructor(
    identity: Identity,
    private readonly transport: Transport,
  ) {
    this.who = { kind: 'user', ...identity };
  }

  get userId(): number {
    return this.who.user_id;
  }

  get identity(): Identity {
    return this.who;
  }

  /** For calls on the bus in the name of the user. */
  get caller(): UserCaller {
    return this.who;
  }

  get isOpen(): boolean {
    return this.open;
  }

  /** Goes on under a newer token of the same user. */
  renew(identity: Identity): void {
    this.who = { kind: 'user', ...identity };
  }

  /** Sends as soon as the client takes it. A client that lets the bound be reached is closed, as resumable. */
  send(frame: Frame): void {
    if (!this.open) return;
    if (this.stuckSince === undefined && this.queue === undefined) {
      this.write(frame);
      return;
    }
    this.queue ??= new OutQueue();
    const outcome = this.queue.push(frame);
    if (outcome === 'full') this.close(closeCode.tooSlow, 'too slow');
    else if (outcome !== 'queued') thinnedFrames.inc({ outcome });
  }

  /** What is sent until `uncork` reaches the network in one piece. */
  cork(): void {
    this.transport.cork();
  }

  uncork(): void {
    this.transport.uncork();
  }

  say(frame: ServerFrame): void {
    this.send(new Frame(frame));
  }

  /** The network takes more. */
  drained(): void {
    this.stuckSince = undefined;
    while (this.stuckSince === undefined) {
      const frame = this.queue?.shift();
      if (frame === undefined) break;
      this.write(frame);
    }
    if (this.isEmpty) this.queue = undefined;
    if (this.isRoomy) this.wake();
  }

  /** Whether less than a quarter of the bound is used. */
  get isRoomy(): boolean {
    return this.queue === undefined || this.queue.fill < 1 / 4;
  }

  /** Resolves when it is roomy, or the connection is closed. */
  async whenRoomy(): Promise<void> {
    if (!this.open || this.isRoomy) return;
    await new Promise<void>((resolve) => (this.waiting ??= []).push(resolve));
  }

  /** To be called every second or so: closes whom the token, the network or the client has left. */
  sweep(now: number): void {
    if (this.who.expires_at * 1_000 <= now) this.close(closeCode.unauthenticated, 'the access token has expired');
    else if (this.stuckSince !== undefined && now - this.stuckSince > stuckMs) {
      this.close(closeCode.tooSlow, 'too slow');
    } else if (now >= (this.transport.endsAt ?? Infinity)) this.restart();
    else if (!this.transport.heartbeat(now, this.isEmpty)) this.terminate();
  }

  /** Calls the listener once, when the connection has closed for whatever reason. */
  onClosed(listener: () => void): void {
    this.closing.push(listener);
  }

  /** Calls the one listener with every frame that goes out to the network. */
  onWritten(listener: (frame: Frame) => void): void {
    this.written = listener;
  }

  close(code: number, reason: string): void {
    if (!this.open) return;
    this.transport.close(code, reason);
    this.end(String(code));
  }

  /** Asks the client to connect anew, not all at the same moment. */
  restart(): void {
    const retry_after_ms = Math.floor(Math.random() * restartSpreadMs);
    this.close(closeCode.restarting, JSON.stringify({ retry_after_ms }));
  }

  terminate(): void {
    this.transport.terminate();
    this.end('1006');
  }

  /** The transport has ended, and not because we closed it. */
  closed(code: number): void {
    this.end(codeOfClient(code));
  }

  private end(code: string): void {
    if (!this.open) return;
    this.open = false;
    this.queue = undefined;
    closedConnections.inc({ code });
    this.wake();
    for (const listener of this.closing.splice(0)) listener();
  }

  private get isEmpty(): boolean {
    return this.queue === undefined || this.queue.length === 0;
  }

  private wake(): void {
    const { waiting = [] } = this;
    this.waiting = undefined;
    for (const resolve of waiting) resolve();
  }

  private write(frame: Frame): void {
    if (!this.transport.write(frame, this.isEmpty)) this.stuckSince = Date.now();
    this.written?.(frame);
  }
}
