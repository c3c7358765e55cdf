import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { event, rpc } from '#contracts/contract.js';
import { FechatterError } from '#contracts/error.js';
import { startNats } from '#servers/nats.js';
import type { SystemServer } from '#servers/system-server.js';
import { gate } from '#testing/gate.js';
import type { Bus, CallContext, Caller } from './bus.js';
import { LocalBus } from './local-bus.js';
import { NatsBus } from './nats-bus.js';

const Text = z.strictObject({ text: z.string() });
const anybody = ['anyone', 'user', 'service'] as const;

export const probe = {
  echo: rpc('probe.echo', anybody, Text, Text),
  inner: rpc('probe.inner', anybody, Text, Text),
  nothing: rpc('probe.nothing', anybody, z.strictObject({}), z.undefined()),
  forAnyone: rpc('probe.for_anyone', 'anyone', Text, Text),
  forUsers: rpc('probe.for_users', 'user', Text, Text),
  forServices: rpc('probe.for_services', 'service', Text, Text),
  unserved: rpc('probe.unserved', anybody, Text, Text),
  twinRequest: rpc('probe.twin', anybody, Text, Text),
  twinEvent: event('probe.twin', Text),
  seen: event('probe.{name}.seen', Text),
  met: event('probe.{name}.met.{place}', Text),
};

/** Who calls where it does not matter. */
export const anyone: Caller = { kind: 'anyone' };

export const secret = 'a bus secret for tests';

/** Two ends of one bus: over NATS two connections, in one process the same object. */
export interface Ends {
  readonly caller: Bus;
  readonly server: Bus;
}

export interface Transport {
  open(): Promise<Ends>;
  stop(): Promise<void>;
}

/** A nats-server of its own in a folder of its own. */
export async function startTestNats(): Promise<{ server: SystemServer; dir: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'fechatter-bus-'));
  const server = await startNats({ dir });
  const remove = async () => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { server, dir, remove };
}

export const transports = [
  {
    name: 'LocalBus',
    start: async (): Promise<Transport> => ({
      open: async () => {
        const bus = new LocalBus({ freeze: true });
        return { caller: bus, server: bus };
      },
      stop: async () => undefined,
    }),
  },
  {
    name: 'NatsBus',
    start: async (): Promise<Transport> => {
      const { server, remove } = await startTestNats();
      const connect = (name: string) => NatsBus.connect({ url: server.url, secret, name });
      return {
        open: async () => ({ caller: await connect('caller'), server: await connect('server') }),
        stop: remove,
      };
    },
  },
];

/** Resolves when everything that the bus has subscribed to so far is known to the other ends. */
export async function subscribed(bus: Bus): Promise<void> {
  const ping = rpc(`probe.ping_${Math.random().toString(36).slice(2)}`, anybody, Text, Text);
  const serving = bus.serve(ping, async (request) => request, { queue: 'ping' });
  await bus.call(ping, { text: '' }, { as: anyone });
  await serving.stop();
}

/** The FechatterError with which a call ends; fails when it ends otherwise. */
export async function errorOf(call: Promise<unknown>): Promise<FechatterError> {
  const outcome: unknown = await call.catch((error: unknown) => error);
  if (outcome instanceof FechatterError) return outcome;
  throw new Error(`No FechatterError but ${String(outcome)}`, { cause: outcome });
}

/**
 * The FechatterError with which a call ends before a timer of so many milliseconds comes due. On a busy machine both are
 * late, but not in another order, which a look at the clock would not see.
 */
export async function errorWithin(ms: number, call: Promise<unknown>): Promise<FechatterError> {
  const late = pause(ms, undefined, { ref: false }).then(() => {
    throw new Error(`Not ended before a timer of ${ms} ms`);
  });
  return Promise.race([errorOf(call), late]);
}

type Text = z.output<typeof Text>;

export const echo = async (request: Text): Promise<Text> => request;

/** A handler that echoes and remembers for whom. */
export function recording() {
  const contexts: CallContext[] = [];
  const handler = async (request: Text, context: CallContext): Promise<Text> => {
    contexts.push(context);
    return request;
  };
  return { contexts, handler };
}

/** A handler that says when it has begun, and echoes when it may go on. */
export function holding() {
  const [begun, held] = [gate(), gate()];
  const handler = async (request: Text): Promise<Text> => {
    begun.open();
    await held.opened;
    return request;
  };
  return { begun: begun.opened, release: held.open, handler };
}
