import { FechatterError } from '#contracts/error.js';
import type { ClientFrame } from '#contracts/frame.js';
import { Backoff } from './backoff.js';
import { Pause } from './clock.js';
import { Connection, type ConnectionHost } from './connection.js';
import type { Gateways } from './gateways.js';
import { lost, type Link, type LinkEnd, type LinkListener } from './link.js';
import { report } from './report.js';

/** The first wait after a connection has ended is up to this. */
const firstWaitMs = 2_000;
/** The longest wait that a server may ask for. */
const mostAskedMs = 300_000;

/** What the realtime side works for. */
export interface LiveHost extends Omit<ConnectionHost, 'isReady'> {
  readonly random: () => number;
  readonly gateways: Gateways;
  /** Opens a connection under an access token. */
  open(gateway: string, token: string, listener: LinkListener): Promise<Link>;
  /** A connection is up. */
  connected(): void;
}

/** Keeps a realtime connection: whenever one ends it waits a while and opens another, wherever the gateways are. */
export class Live {
  private readonly pause: Pause;
  private readonly backoff: Backoff;
  private connection: Connection | undefined;
  /** Which start this is; a stop, and the next start, make what runs under an earlier one stop. */
  private run = 0;
  private isRunning = false;

  constructor(private readonly host: LiveHost) {
    this.pause = new Pause(host.clock);
    this.backoff = new Backoff(firstWaitMs, host.random);
  }

  start(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    this.run += 1;
    void this.keepConnected(this.run);
  }

  stop(): void {
    if (!this.isRunning) return;
    this.isRunning = false;
    this.run += 1;
    this.connection?.ended(lost());
    this.pause.wake();
    this.host.events.emit('status', { state: 'stopped' });
  }

  /** Ends a wait: the network is back, perhaps. */
  wake(): void {
    this.pause.wake();
  }

  /** The connection that frames can be sent on now, if any. */
  get writable(): object | undefined {
    return this.connection?.canSend === true ? this.connection : undefined;
  }

  /** What the server answers to a frame; undefined when there is no connection for it now. */
  ask(frame: ClientFrame): Promise<object> | undefined {
    return this.connection?.ask(frame);
  }

  /** False when there is no connection for it now. */
  tell(frame: ClientFrame): boolean {
    return this.connection?.tell(frame) === true;
  }

  private async keepConnected(run: number): Promise<void> {
    const { events, session } = this.host;
    while (run === this.run) {
      const end = await this.connect();
      if (end.kind === 'revoked') session.end(new FechatterError('UNAUTHORIZED', 'The session has ended.'));
      if (run !== this.run) return;
      const ms = end.retryAfterMs === undefined ? this.backoff.next() : Math.min(end.retryAfterMs, mostAskedMs);
      events.emit('status', { state: 'waiting', ms, code: end.code });
      await this.pause.wait(ms);
    }
  }

  /** One connection, from the attempt to its end. */
  private async connect(): Promise<LinkEnd> {
    const { run } = this;
    const { session, events, gateways } = this.host;
    try {
      const token = await session.token();
      if (run !== this.run) return lost();
      const gateway = gateways.forConnection();
      events.emit('status', { state: 'connecting', gateway });
      const end = await this.hold(gateway, token);
      if (end.kind === 'unauthenticated') await session.renew(token);
      return end;
    } catch (error) {
      // A session that is over stops us by its event; everything else passes, but should be known when it is a fault.
      if (!(error instanceof FechatterError)) report(error);
      return lost();
    }
  }

  private async hold(gateway: string, token: string): Promise<LinkEnd> {
    let connection: Connection | undefined;
    try {
      return await new Promise<LinkEnd>((resolve, reject) => {
        const held = new Connection({ ...this.host, isReady: () => this.isReady(gateway) }, resolve);
        connection = this.connection = held;
        this.host.open(gateway, token, held).then((link) => held.attach(link), reject);
      });
    } catch (error) {
      connection?.ended(lost());
      throw error;
    } finally {
      if (this.connection === connection) this.connection = undefined;
    }
  }

  private isReady(gateway: string): void {
    this.backoff.reset();
    this.host.events.emit('status', { state: 'live', gateway });
    this.host.connected();
  }
}
