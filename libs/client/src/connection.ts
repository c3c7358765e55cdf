import { FechatterError } from '#contracts/error.js';
import type { ClientFrame, ServerFrame } from '#contracts/frame.js';
import type { Clock } from './clock.js';
import type { Emitter } from './emitter.js';
import type { ClientEvents } from './events.js';
import { lost, type Frame, type Link, type LinkEnd, type LinkListener } from './link.js';
import type { Logs } from './logs.js';
import { Requests } from './requests.js';
import type { Session } from './session.js';
import type { Statuses } from './statuses.js';

const readyMs = 10_000;
const lookMs = 5_000;
/** The server says how long silence may last; so much more is forgiven. */
const graceMs = 10_000;
/** The server sends again what was missed, of many chats it may be, before it answers. */
const resumeMs = 30_000;
const cursorsAtOnce = 1_000;
const renewRetryMs = 5_000;
/** Soon after `ready` the server has told who is there. */
const statusesMs = 5_000;
/** Time-outs of JavaScript cannot be much longer than three weeks. */
const longestTimerMs = 3_600_000;

/** What a connection works for. */
export interface ConnectionHost {
  readonly clock: Clock;
  readonly session: Session;
  readonly logs: Logs;
  readonly statuses: Statuses;
  readonly events: Emitter<ClientEvents>;
  /** The connection has said `ready`. */
  isReady(connection: Connection): void;
}

/** One realtime connection from its opening to its end. */
export class Connection implements LinkListener {
  private readonly requests: Requests;
  private link: Link | undefined;
  private heardAt: number;
  private pingedAt = 0;
  private isOpen = true;
  private readonly cancels = new Map<string, () => void>();
  private heartbeatMs: number | undefined;

  /** `settle` is called once, with how it ended. */
  constructor(
    private readonly host: ConnectionHost,
    private readonly settle: (end: LinkEnd) => void,
  ) {
    this.heardAt = host.clock.now();
    this.requests = new Requests(host.clock, (frame) => this.link?.send?.(frame));
    this.later('ready', readyMs, () => this.ended(lost()));
  }

  /** The link that was opened with this connection as its listener. */
  attach(link: Link): void {
    this.link = link;
    if (!this.isOpen) link.close();
  }

  /** Whether it is ready, and does not only listen. */
  get canSend(): boolean {
    return this.isOpen && this.heartbeatMs !== undefined && this.link?.send !== undefined;
  }

  /** What the server answers to a frame; undefined when it cannot or should not be sent this way now. */
  ask(frame: ClientFrame): Promise<object> | undefined {
    return this.canSend && this.requests.mayGo() ? this.requests.ask(frame) : undefined;
  }

  /** Sends a frame that needs no answer; false when it cannot be sent now. */
  tell(frame: ClientFrame): boolean {
    if (!this.canSend || !this.requests.mayGo()) return false;
    this.link?.send?.(frame);
    return true;
  }

  alive(): void {
    this.heardAt = this.host.clock.now();
  }

  frame(frame: Frame): void {
    const { logs, statuses, events } = this.host;
    switch (frame.type) {
      case 'ready':
        return this.ready(frame.data);
      case 'ack':
      case 'pong':
        return this.requests.answer(frame.data.ref, frame.data);
      case 'error': {
        const { code, message, details = [] } = frame.data.error;
        return this.requests.refuse(frame.data.ref, new FechatterError(code, message, { details }));
      }
      case 'gap':
        return logs.gap(frame.data);
      case 'head':
        return logs.head(frame.data);
      case 'receipt.updated':
        return events.emit(frame.type, frame.data);
      case 'typing.start':
      case 'typing.stop':
        return events.emit(frame.type, frame.data);
      case 'presence.update':
        return statuses.take(frame.data);
      default:
        // What a newer server says besides is not for us, unless it is part of a log.
        if ('seq' in frame) logs.take(frame);
    }
  }

  ended(end: LinkEnd): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    for (const cancel of this.cancels.values()) cancel();
    this.link?.close();
    this.host.logs.disconnected();
    this.requests.close();
    this.settle(end);
  }

  private ready(ready: Extract<ServerFrame, { type: 'ready' }>['data']): void {
    this.heartbeatMs = ready.heartbeat_s * 1_000;
    this.cancels.get('ready')?.();
    this.look();
    this.scheduleRenewal();
    this.host.statuses.doubt();
    this.later('statuses', statusesMs, () => this.host.statuses.settle());
    const behind = this.host.logs.ready(ready);
    void this.resume(ready.epoch, [...behind]);
    this.host.isReady(this);
  }

  /** Says where this client is. An event stream goes on by time instead, and needs no word. */
  private async resume(epoch: number, behind: readonly (readonly [number, number])[]): Promise<void> {
    if (this.canSend) {
      const answers: Promise<unknown>[] = [];
      for (let start = 0; start < behind.length; start += cursorsAtOnce) {
        const cursors = Object.fromEntries(behind.slice(start, start + cursorsAtOnce));
        answers.push(this.requests.ask({ type: 'resume', epoch, cursors }, resumeMs));
      }
      // What is refused or not sent in time is fetched.
      await Promise.allSettled(answers);
    }
    if (this.isOpen) this.host.logs.resumed();
  }

  /** Shows the server that we live, and notices when it does not. */
  private look(): void {
    const heartbeatMs = this.heartbeatMs ?? 0;
    const now = this.host.clock.now();
    const silentMs = now - this.heardAt;
    if (silentMs > heartbeatMs + graceMs) return this.ended(lost());
    if (silentMs >= heartbeatMs && this.pingedAt < this.heardAt) {
      this.pingedAt = now;
      this.link?.send?.({ type: 'ping' });
    }
    this.later('look', lookMs, () => this.look());
  }

  private scheduleRenewal(ms = this.host.session.dueInMs): void {
    if (this.link?.send === undefined) return;
    this.later('renewal', Math.min(ms, longestTimerMs), () => void this.renew());
  }

  /** Goes on under a newer token before the server ends the connection with the old one. */
  private async renew(): Promise<void> {
    try {
      const token = await this.host.session.token();
      if (!this.isOpen) return;
      await this.requests.ask({ type: 'auth', token });
      this.scheduleRenewal();
    } catch {
      // The session is over, which stops everything, or its server is away: then the connection will be, or comes back.
      if (this.isOpen) this.scheduleRenewal(renewRetryMs);
    }
  }

  private later(what: string, ms: number, work: () => void): void {
    this.cancels.get(what)?.();
    this.cancels.set(what, this.host.clock.after(ms, work));
  }
}
