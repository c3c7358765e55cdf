import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Bus, Serving } from '#bus/bus.js';
import { secret, startTestNats, subscribed } from '#bus/bus.fixture.js';
import { LocalBus } from '#bus/local-bus.js';
import { NatsBus } from '#bus/nats-bus.js';
import { authRpc } from '#contracts/auth.contract.js';
import { FechatterError } from '#contracts/error.js';
import { startNats } from '#servers/nats.js';
import { configureLogging } from '#telemetry/logger.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { SessionRevocations } from './session-revocations.js';

const aMinute = 61_000;

/** Milliseconds by which the clock for durations is ahead. */
let passed: number;
/** The sessions that ended, in order. */
let ended: number[];

beforeEach(() => {
  configureLogging('silent', 'test');
  passed = 0;
  ended = [];
  const now = performance.now.bind(performance);
  jest.spyOn(performance, 'now').mockImplementation(() => now() + passed);
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** Auth, as far as ended sessions go. */
function serveAuth(bus: Bus): Serving {
  return bus.serve(
    authRpc.listRevocations,
    async ({ after }) => ({
      revocations: ended
        .map((session_id, index) => ({ id: index + 1, user_id: 7, session_id }))
        .filter(({ id }) => id > (after ?? 0)),
      last_id: ended.length,
    }),
    { queue: 'auth' },
  );
}

const unavailable = { code: 'UNAVAILABLE' };

describe('What is known of ended sessions', () => {
  let bus: LocalBus;
  let auth: Serving;
  let revocations: SessionRevocations;

  beforeEach(async () => {
    bus = new LocalBus({ freeze: true });
    auth = serveAuth(bus);
    revocations = new SessionRevocations(bus);
    await revocations.refresh();
  });
  afterEach(() => bus.close());

  it('stays fresh while nobody serves auth, however long, and is read on once somebody does', async () => {
    ended.push(70);
    await auth.stop();
    for (let minute = 0; minute < 3; minute++) {
      passed += aMinute;
      await revocations.refresh();
      expect(revocations.areFresh).toBe(true);
    }
    expect(revocations.isRevoked(70)).toBe(false);
    serveAuth(bus);
    await revocations.refresh();
    expect(revocations.isRevoked(70)).toBe(true);
  });

  it('is fresh for a minute only while auth fails or hangs', async () => {
    const failing = async (): Promise<never> => {
      throw new FechatterError('UNAVAILABLE');
    };
    bus.serve(authRpc.listRevocations, failing, { queue: 'auth' });
    await expect(revocations.refresh()).rejects.toMatchObject(unavailable);
    expect(revocations.areFresh).toBe(true);
    passed += aMinute;
    await expect(revocations.refresh()).rejects.toMatchObject(unavailable);
    expect(revocations.areFresh).toBe(false);
    const late = gate();
    bus.serve(authRpc.listRevocations, () => late.opened.then(failing), { queue: 'auth' });
    await expect(revocations.refresh()).rejects.toMatchObject(unavailable);
    late.open();
    expect(revocations.areFresh).toBe(false);
  });

  it('grows old also while the time of day is set back', async () => {
    const time = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => time() - 3_600_000);
    passed += aMinute;
    expect(revocations.areFresh).toBe(false);
  });

  it('is nothing where auth was never heard', async () => {
    await auth.stop();
    const late = new SessionRevocations(bus);
    expect(late.areFresh).toBe(false);
    await expect(late.refresh()).rejects.toMatchObject(unavailable);
    expect(late.areFresh).toBe(false);
  });
});

it('Whoever was cut off from NATS may have missed an end, and believes that nobody serves auth only after hearing it', async () => {
  const { server, dir, remove } = await startTestNats();
  const connect = (name: string) => NatsBus.connect({ url: server.url, secret, name });
  const [auth, gateway] = [await connect('auth'), await connect('gateway')];
  let again = server;
  try {
    let serving = serveAuth(auth);
    await subscribed(auth);
    const revocations = new SessionRevocations(gateway);
    await revocations.refresh();

    await serving.stop();
    await subscribed(auth);
    passed += aMinute;
    await revocations.refresh();
    expect(revocations.areFresh).toBe(true);

    await server.stop();
    await eventually(() => !gateway.status().healthy, 'the connection is lost');
    await expect(revocations.refresh()).rejects.toMatchObject(unavailable);
    again = await startNats({ dir, port: server.port });
    await eventually(() => gateway.status().healthy && auth.status().healthy, 'both are back');
    passed += aMinute;
    await expect(revocations.refresh()).rejects.toMatchObject(unavailable);
    expect(revocations.areFresh).toBe(false);

    serving = serveAuth(auth);
    await subscribed(auth);
    await revocations.refresh();
    expect(revocations.areFresh).toBe(true);
  } finally {
    await Promise.all([auth.close(), gateway.close()]);
    await again.stop();
    await remove();
  }
});
