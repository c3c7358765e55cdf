import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Caller } from '#bus/bus.js';
import { Handle } from '#bus/handle.js';
import { NatsBus } from '#bus/nats-bus.js';
import { RpcServer } from '#bus/rpc-server.js';
import { rpc } from '#contracts/contract.js';
import { FechatterError } from '#contracts/error.js';
import { startNats } from '#servers/nats.js';
import type { SystemServer } from '#servers/system-server.js';
import type { HealthIndicator } from '#telemetry/health-indicator.js';
import { configureLogging } from '#telemetry/logger.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { Attendance } from './attendance.js';

const Named = z.strictObject({ name: z.string() });
const replicaRpc = {
  work: rpc('replica.work', 'anyone', z.strictObject({}), Named),
  wait: rpc('replica.wait', 'anyone', z.strictObject({}), Named),
};
const as: Caller = { kind: 'anyone' };

/** One of several servers of the same subjects, with something that it cannot work without. */
class Replica implements HealthIndicator {
  readonly name = 'database';
  readonly required = true;
  readonly begun = gate();
  readonly held = gate();
  private how: 'up' | 'down' | 'failing' = 'up';

  private constructor(
    private readonly is: string,
    private readonly bus: NatsBus,
  ) {}

  static async start(is: string): Promise<Replica> {
    const bus = await NatsBus.connect({ url: nats.url, secret: 'a secret for tests', name: is });
    const replica = new Replica(is, bus);
    const server = new RpcServer(bus, { queue: 'replica', validateReplies: true });
    const serve = () => server.serve([replica]);
    const attendance = new Attendance([replica], { serve, stop: () => server.stop() }, 10);
    serve();
    attendance.start();
    running.push(async () => {
      await attendance.stop();
      await bus.close();
    });
    return replica;
  }

  become(how: typeof this.how): void {
    this.how = how;
  }

  async check() {
    if (this.how === 'failing') throw new Error('no connection');
    return { state: this.how };
  }

  @Handle(replicaRpc.work)
  async work(): Promise<{ name: string }> {
    if (this.how !== 'up') throw new FechatterError('UNAVAILABLE', 'The database is not reachable.');
    return { name: this.is };
  }

  @Handle(replicaRpc.wait)
  async wait(): Promise<{ name: string }> {
    this.begun.open();
    await this.held.opened;
    return { name: this.is };
  }
}

let dir: string;
let nats: SystemServer;
let caller: NatsBus;
let running: (() => Promise<void>)[];

beforeAll(async () => {
  configureLogging('silent', 'test');
  dir = await mkdtemp(join(tmpdir(), 'fechatter-attendance-'));
  nats = await startNats({ dir });
});
afterAll(async () => {
  await nats.stop();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(async () => {
  running = [];
  caller = await NatsBus.connect({ url: nats.url, secret: 'a secret for tests', name: 'caller' });
});
afterEach(async () => {
  await Promise.all(running.map((stop) => stop()));
  await caller.close();
});

/** Who answered each of forty calls, or with which code it failed; chance spares one of two once in a million millions. */
async function answers(): Promise<Set<string>> {
  const found = new Set<string>();
  for (let n = 0; n < 40; n++) {
    const call = caller.call(replicaRpc.work, {}, { as });
    found.add(await call.then(({ name }) => name).catch((error: FechatterError) => error.code));
  }
  return found;
}

const answeredBy = (...names: string[]) =>
  eventually(async () => [...(await answers())].sort().join() === names.join(), names.join());

it.each(['down', 'failing'] as const)(
  'A replica whose database is %s leaves the requests to the others, and comes back by itself',
  async (how) => {
    const [sick] = [await Replica.start('a'), await Replica.start('b')];
    await answeredBy('a', 'b');
    sick.become(how);
    await answeredBy('b');
    sick.become('up');
    await answeredBy('a', 'b');
  },
);

it('A lone replica that leaves is nobody, until it is well', async () => {
  const replica = await Replica.start('a');
  await answeredBy('a');
  replica.become('down');
  const refusal = () => caller.call(replicaRpc.work, {}, { as }).catch((error: FechatterError) => error);
  await eventually(async () => {
    const { cause } = (await refusal()) as FechatterError;
    return cause instanceof Error && cause.message === 'nobody serves replica.work';
  });
  replica.become('up');
  await answeredBy('a');
});

it('A replica that leaves answers what it has begun', async () => {
  const replica = await Replica.start('a');
  const answer = caller.call(replicaRpc.wait, {}, { as });
  await replica.begun.opened;
  replica.become('down');
  await eventually(() => caller.call(replicaRpc.work, {}, { as }).then(() => false, isNobody));
  replica.held.open();
  expect(await answer).toEqual({ name: 'a' });
});

it('A failure between successes is no reason to leave', async () => {
  let [checks, stops] = [0, 0];
  const check = async () => ({ state: checks++ % 2 === 0 ? ('down' as const) : ('up' as const) });
  const service = { serve: () => undefined, stop: async () => void stops++ };
  const attendance = new Attendance([{ name: 'database', required: true, check }], service, 1);
  attendance.start();
  await eventually(() => checks > 20);
  await attendance.stop();
  expect(stops).toBe(0);
});

function isNobody({ cause }: FechatterError): boolean {
  return cause instanceof Error && cause.message.startsWith('nobody serves');
}
