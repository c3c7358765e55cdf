import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { Connection } from './connection.js';
import { atIntervals } from './intervals.js';
import type { DeliveryJob, EchoJob } from './job.js';
import { Tally } from './tally.js';

/** Names of what a delivery job measures. */
export const delivery = {
  /** From the send to the frame on the other person's socket. */
  sendToReceipt: 'send to receipt',
  /** From the send to its 201. */
  sendToAck: 'send to 201',
  /**
   * No less than the time from commit to receipt. The 201 leaves after the commit, so the commit lies before its
   * arrival by at most the way of the 201 back; that way is shorter than the round trip of a read over the same
   * connection and the same processes, which is measured before the next send. So: receipt − 201 + round trip.
   */
  commitToReceipt: 'commit to receipt, at most',
  readRoundTrip: 'round trip of a read',
} as const;

const lostMs = 5_000;
const openedBefore = 16;

interface Sample {
  sentMs: number;
  ackMs?: number;
  receivedMs?: number;
  readMs?: number;
}

/** One process and one clock for sender and listener. Half an interval after each send the sender reads once. */
export async function measureDelivery(job: DeliveryJob, beginMs: number, endMs: number): Promise<Tally[]> {
  const connections = await Pool.open(job.port);
  const listener = await listen(job);
  const tallies = {
    receipt: new Tally(delivery.sendToReceipt),
    ack: new Tally(delivery.sendToAck),
    commit: new Tally(delivery.commitToReceipt),
    read: new Tally(delivery.readRoundTrip),
  };
  const bySeq = new Map<number, Sample>();
  const sampleOf = (seq: number) => {
    const sample = bySeq.get(seq) ?? { sentMs: 0 };
    bySeq.set(seq, sample);
    return sample;
  };
  listener.on('message', (data: Buffer) => {
    const receivedMs = performance.now();
    const { type, seq } = JSON.parse(data.toString('latin1')) as { type: string; seq: number };
    if (type === 'message.created') sampleOf(seq).receivedMs = receivedMs;
  });

  const send = async (turn: number): Promise<void> => {
    const sentMs = performance.now();
    const answer = await connections.ask(job.sends[turn % job.sends.length]!, 201);
    const sample = sampleOf((JSON.parse(answer.body) as { seq: number }).seq);
    Object.assign(sample, { sentMs, ackMs: answer.atMs });
    await pause(500 / job.perSecond - (performance.now() - sentMs));
    const readAt = performance.now();
    sample.readMs = (await connections.ask(job.read, 200)).atMs - readAt;
  };

  await atIntervals(job.perSecond, endMs, send);
  for (const deadline = performance.now() + lostMs; performance.now() < deadline; await pause(10)) {
    if ([...bySeq.values()].every(({ receivedMs }) => receivedMs !== undefined)) break;
  }
  for (const { sentMs, ackMs, receivedMs, readMs } of bySeq.values()) {
    if (sentMs < beginMs || ackMs === undefined || readMs === undefined) continue;
    if (receivedMs === undefined) {
      tallies.receipt.fail('A message that was acknowledged did not arrive on the socket');
      continue;
    }
    const start = sentMs - beginMs;
    tallies.receipt.succeed(start, receivedMs - beginMs);
    tallies.ack.succeed(start, ackMs - beginMs);
    tallies.commit.succeed(start, start + receivedMs - ackMs + readMs);
    tallies.read.succeed(start, start + readMs);
  }
  connections.close();
  listener.terminate();
  return Object.values(tallies);
}

/** Round trips of texts to a WebSocket server that sends them back, at the same intervals. */
export async function measureEcho(job: EchoJob, beginMs: number, endMs: number): Promise<Tally[]> {
  const socket = new WebSocket(`ws://127.0.0.1:${job.port}`, { perMessageDeflate: false });
  await once(socket, 'open');
  const tally = new Tally('echo');
  const inFlight: number[] = [];
  socket.on('message', () => {
    const sentMs = inFlight.shift() ?? 0;
    if (sentMs >= beginMs) tally.succeed(sentMs - beginMs, performance.now() - beginMs);
  });
  await atIntervals(job.perSecond, endMs, async (turn) => {
    inFlight.push(performance.now());
    socket.send(job.texts[turn % job.texts.length]!);
  });
  for (const deadline = performance.now() + lostMs; inFlight.length > 0 && performance.now() < deadline;)
    await pause(10);
  for (const _lost of inFlight) tally.fail('A message did not come back');
  socket.terminate();
  return [tally];
}

async function listen({ port, listenerToken: token }: DeliveryJob): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { perMessageDeflate: false });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'auth', token }));
  const [first] = (await once(socket, 'message')) as [Buffer];
  if (!first.toString('utf8').startsWith('{"type":"ready"'))
    throw new Error(`The socket said: ${first.toString('utf8')}`);
  return socket;
}

/** Connections of which one is free whenever it is needed. */
class Pool {
  private readonly all: Connection[] = [];
  private readonly free: Connection[] = [];

  private constructor(private readonly port: number) {}

  static async open(port: number): Promise<Pool> {
    const pool = new Pool(port);
    await Promise.all(Array.from({ length: openedBefore }, () => pool.add()));
    pool.free.push(...pool.all);
    return pool;
  }

  async ask(request: Buffer, expected: number): Promise<{ atMs: number; body: string }> {
    const connection = this.free.pop() ?? (await this.add());
    return new Promise((resolve, reject) => {
      connection.send(request, true, (error, status, body) => {
        const atMs = performance.now();
        const text = body.toString('utf8');
        if (error !== undefined) return reject(error);
        this.free.push(connection);
        if (status === expected) resolve({ atMs, body: text });
        else reject(new Error(`${status} ${text.slice(0, 300)}`));
      });
    });
  }

  close(): void {
    for (const connection of this.all) connection.close();
  }

  private async add(): Promise<Connection> {
    const connection = await Connection.open(this.port);
    this.all.push(connection);
    return connection;
  }
}
