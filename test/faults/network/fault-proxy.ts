import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Where a connection goes on to. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** Passes on what it is given; may change, keep back or repeat it. */
export type Filter = (chunk: Buffer) => Iterable<Buffer>;

/** What a proxy has done so far. */
export interface ProxyCounts {
  connections: number;
  /** Connections that were cut. */
  cuts: number;
  /** Attempts to connect that were turned away while it was cut off. */
  refused: number;
}

/**
 * A TCP proxy on a free port of this machine that does to connections what networks do. Faults act at once on every
 * connection, `target` only on new ones.
 */
export class FaultProxy {
  readonly counts: ProxyCounts = { connections: 0, cuts: 0, refused: 0 };
  /** Each way, in milliseconds. */
  latencyMs = 0;
  /** Keeps connections open and passes nothing on. What should have passed is lost. */
  isBlackHole = false;
  /** Cuts the connection that brings its client more bytes than are left. */
  bytesLeft = Infinity;
  private isCutOff = false;
  private readonly pairs = new Set<readonly [Socket, Socket]>();

  private constructor(
    private readonly server: Server,
    public target: Target,
    /** Makes the filter of a connection for what comes from the server. */
    private readonly filterOf: () => Filter,
  ) {
    server.on('connection', (client) => this.accept(client));
  }

  static async start(target: Target, filterOf: () => Filter = () => (chunk) => [chunk]): Promise<FaultProxy> {
    const server = createServer({ noDelay: true, allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FaultProxy(server, target, filterOf);
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  get openConnections(): number {
    return this.pairs.size;
  }

  /** Cuts every connection, by RST. */
  reset(): void {
    for (const pair of [...this.pairs]) this.cut(pair);
  }

  /** Cuts every connection and turns new ones away for so long. */
  async cutOff(ms: number): Promise<void> {
    this.isCutOff = true;
    this.reset();
    await pause(ms);
    this.isCutOff = false;
  }

  async close(): Promise<void> {
    for (const [client, server] of [...this.pairs]) {
      client.destroy();
      server.destroy();
    }
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(client: Socket): void {
    if (this.isCutOff) {
      this.counts.refused++;
      client.resetAndDestroy();
      return;
    }
    this.counts.connections++;
    const server = connect({ ...this.target, noDelay: true, allowHalfOpen: true });
    const pair = [client, server] as const;
    this.pairs.add(pair);
    const filter = this.filterOf();
    this.forward(client, server, (chunk) => [chunk]);
    this.forward(server, client, (chunk) => {
      this.bytesLeft -= chunk.length;
      if (this.bytesLeft >= 0) return filter(chunk);
      queueMicrotask(() => this.cut(pair));
      this.bytesLeft = Infinity;
      return [];
    });
    for (const socket of pair) socket.on('error', () => undefined).once('close', () => this.pairs.delete(pair));
  }

  private forward(from: Socket, to: Socket, filter: Filter): void {
    const later = (act: () => void) => void (this.latencyMs > 0 ? setTimeout(act, this.latencyMs) : act());
    from.on('data', (chunk) => {
      if (this.isBlackHole) return;
      for (const part of filter(chunk))
        later(() => {
          if (!to.destroyed && !to.write(part)) from.pause();
        });
    });
    to.on('drain', () => from.resume());
    from.once('end', () => later(() => to.end()));
    from.once('close', (hadError) => later(() => void (hadError && to.resetAndDestroy())));
  }

  private cut(pair: readonly [Socket, Socket]): void {
    if (!this.pairs.delete(pair)) return;
    this.counts.cuts++;
    for (const socket of pair) socket.resetAndDestroy();
  }
}
