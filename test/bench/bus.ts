/**
 * Measures round trips over the bus: node dist/test/bench/bus.js [SECONDS], of which each cell gets five rounds.
 *
 * Client and server are two processes, except for LocalBus. The row "bare" is nc.request of the NATS client against a
 * subscription that echoes the bytes: no validation, no identity, no Nest.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect } from '@nats-io/transport-node';
import { z } from 'zod';
import type { Bus, CallContext, Caller } from '#bus/bus.js';
import { userOf } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import { LocalBus } from '#bus/local-bus.js';
import { NatsBus } from '#bus/nats-bus.js';
import { RpcServer } from '#bus/rpc-server.js';
import { rpc, type ReplyOf, type RequestOf } from '#contracts/contract.js';
import { Id, IdempotencyKey, MessageContent } from '#contracts/scalar.js';
import { startNats } from '#servers/nats.js';
import { configureLogging } from '#telemetry/logger.js';

const Request = z.strictObject({
  chat_id: Id,
  content: MessageContent,
  idempotency_key: IdempotencyKey.optional(),
  parent_id: Id.nullable(),
});
const Reply = z.strictObject({ id: Id, chat_id: Id, sender_id: Id });
const send = rpc('bench.send', 'user', Request, Reply);

const request = {
  chat_id: 4_711,
  content: 'Has anybody seen why the build fails on the second run only? It is green for me.',
  idempotency_key: 'b1946ac9-2f6d-4d0f-8a2e-5d3f0c2b7e11',
  parent_id: null,
};
const user: Caller = { kind: 'user', user_id: 7, session_id: 70, expires_at: Math.floor(Date.now() / 1000) + 3_600 };
const secret = 'a bus secret for measuring';
const inFlight = [1, 16, 128];
const rounds = 5;

class SendController {
  private last = 0;

  @Handle(send)
  async send({ chat_id }: RequestOf<typeof send>, context: CallContext): Promise<ReplyOf<typeof send>> {
    return { id: ++this.last, chat_id, sender_id: userOf(context).user_id };
  }
}

async function serve(bus: Bus): Promise<() => Promise<void>> {
  const server = new RpcServer(bus, { queue: 'bench', validateReplies: false });
  server.serve([new SendController()]);
  return () => server.stop();
}

/** The server process: what the parent measures, until the parent goes away. */
async function serveOver(url: string): Promise<void> {
  const connection = await connect({ servers: url, noAsyncTraces: true });
  connection.subscribe('bare', { callback: (_error, message) => void message.respond(message.data) });
  await connection.flush();
  const bus = await NatsBus.connect({ url, secret, name: 'bench-server' });
  await serve(bus);
  process.once('disconnect', () => process.exit(0));
  process.send?.('ready');
}

interface Measurement {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Of this process, garbage collection included, for one call. */
  readonly cpu: number;
}

/** Keeps `width` calls in flight for a while. Times in microseconds. */
async function measure(call: () => Promise<unknown>, width: number, seconds: number): Promise<Measurement> {
  const took: number[] = [];
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const until = start + seconds * 1000;
  const worker = async () => {
    for (let begin = performance.now(); begin < until;) {
      await call();
      const end = performance.now();
      took.push((end - begin) * 1000);
      begin = end;
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  const elapsed = (performance.now() - start) / 1000;
  const { user: inUser, system } = process.cpuUsage(cpuBefore);
  took.sort((a, b) => a - b);
  const at = (share: number) => Math.round(took[Math.floor(took.length * share)] ?? NaN);
  return { perSecond: took.length / elapsed, p50: at(0.5), p99: at(0.99), cpu: (inUser + system) / took.length };
}

interface Candidate {
  readonly name: string;
  readonly call: () => Promise<unknown>;
}

/** The candidates take turns, so that what else the machine does hits all of them; the median round is shown. */
async function table(candidates: readonly Candidate[], seconds: number): Promise<string> {
  const rows = candidates.map(({ name }) => [name]);
  for (const width of inFlight) {
    const found = candidates.map((): Measurement[] => []);
    for (let round = -1; round < rounds; round++) {
      for (const [index, { call }] of candidates.entries()) {
        const measurement = await measure(call, width, seconds);
        if (round >= 0) found[index]!.push(measurement);
      }
    }
    for (const [index, measurements] of found.entries()) {
      measurements.sort((a, b) => a.perSecond - b.perSecond);
      const { perSecond, p50, p99, cpu } = measurements[Math.floor(rounds / 2)]!;
      rows[index]!.push(`${Math.round(perSecond).toLocaleString('en')}, ${p50}/${p99}, ${Math.round(cpu)}`);
    }
  }
  const head = ['', ...inFlight.map((width) => `${width} in flight`)];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

async function main(seconds: number): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'fechatter-bench-'));
  const nats = await startNats({ dir });
  const child = fork(fileURLToPath(import.meta.url), ['serve', nats.url]);
  try {
    await once(child, 'message');
    const connection = await connect({ servers: nats.url, noAsyncTraces: true });
    const natsBus = await NatsBus.connect({ url: nats.url, secret, name: 'bench-client' });
    const localBus = new LocalBus({ freeze: false });
    const stop = await serve(localBus);
    const payload = Buffer.from(JSON.stringify(request));

    const load = loadavg()[0]?.toFixed(1);
    const rows = await table(
      [
        { name: 'LocalBus', call: () => localBus.call(send, request, { as: user }) },
        { name: 'NatsBus', call: () => natsBus.call(send, request, { as: user }) },
        { name: 'bare `nc.request`', call: () => connection.request('bare', payload, { timeout: 5_000 }) },
      ],
      seconds,
    );
    process.stdout.write(
      `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.version}, nats-server ${connection.info?.version}, ` +
        `payload ${payload.length} bytes, median of ${rounds} rounds of ${seconds} s, ` +
        `load average ${load} before and ${loadavg()[0]?.toFixed(1)} after\n\n` +
        `Round trips a second, p50/p99 in µs, CPU of the calling process in µs for each:\n\n${rows}\n`,
    );
    await stop();
    await Promise.all([natsBus.close(), localBus.close(), connection.close()]);
  } finally {
    child.kill();
    await nats.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

configureLogging('error', 'bench');
const [mode, url = ''] = process.argv.slice(2);
if (mode === 'serve') await serveOver(url);
else await main(Number(mode ?? 1));
