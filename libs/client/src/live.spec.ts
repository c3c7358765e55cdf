import { describe, expect, it, jest } from '@jest/globals';
import type { LogPage } from '#contracts/log.contract.js';
import { ManualClock, settled } from './clock.fixture.js';
import { Emitter } from './emitter.js';
import { newCounters, type ClientEvents } from './events.js';
import { Gateways } from './gateways.js';
import { endOf, lost, type LinkEnd, type LinkListener } from './link.js';
import { Live } from './live.js';
import { Logs } from './logs.js';
import { Presence } from './presence.js';
import type { Session } from './session.js';
import { Statuses } from './statuses.js';

type Sent = Record<string, unknown>;

/** The realtime side of a client whose links end in the spec. */
class World {
  readonly clock = new ManualClock();
  readonly events = new Emitter<ClientEvents>();
  readonly links: { gateway: string; token: string; listener: LinkListener; sent: Sent[]; isClosed: boolean }[] = [];
  readonly statuses: ClientEvents['status'][] = [];
  readonly session = { dueInMs: 480_000, tokens: 1, ended: false };
  readonly live: Live;
  readonly presence: Presence;
  random = 0.5;
  /** What goes wrong when a token is needed. */
  fault: Error | undefined;

  constructor() {
    const { clock, events, session } = this;
    events.on('status', (status) => this.statuses.push(status));
    const random = () => this.random;
    const read = async (): Promise<LogPage> => ({ entries: [], has_more: false, last_seq: 0, epoch: 1 });
    this.live = new Live({
      ...{ clock, events, random },
      session: {
        get dueInMs() {
          return session.dueInMs;
        },
        token: async () => {
          if (this.fault !== undefined) throw this.fault;
          return `token ${session.tokens}`;
        },
        renew: async () => `token ${++session.tokens}`,
        end: () => {
          session.ended = true;
          this.live.stop();
        },
      } as unknown as Session,
      logs: new Logs({ clock, events, random, read, counters: newCounters() }, undefined),
      statuses: new Statuses(events),
      gateways: new Gateways((_, attempt) => `http://gateway-${attempt}`, random),
      connected: () => this.presence.renew(),
      open: async (gateway, token, listener) => {
        const link = { gateway, token, listener, sent: [] as Sent[], isClosed: false };
        this.links.push(link);
        return { send: (frame) => link.sent.push(frame), close: () => (link.isClosed = true) };
      },
    });
    this.presence = new Presence(this.live, clock, random);
  }

  get link() {
    return this.links.at(-1) as World['links'][number];
  }

  async ready(heads: Record<string, number> = {}): Promise<void> {
    await settled();
    const data = { connection_id: 'c', user_id: 1, epoch: 1, heartbeat_s: 25, heads };
    this.link.listener.frame({ type: 'ready', data });
    await settled();
  }

  async end(end: LinkEnd): Promise<void> {
    await settled();
    this.link.listener.ended(end);
    await settled();
  }

  /** Milliseconds that it waits now. */
  get wait(): number | undefined {
    const status = this.statuses.at(-1);
    return status?.state === 'waiting' ? status.ms : undefined;
  }
}

describe('The realtime connection', () => {
  it('is tried again elsewhere, after a wait whose bound doubles up to 30 s, and begins anew once it was ready', async () => {
    const world = new World();
    world.live.start();
    for (const expected of [1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
      await world.end(lost(1006));
      expect(world.wait).toBe(expected);
      await world.clock.pass(expected);
    }
    expect(world.links.map(({ gateway }) => gateway)).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => `http://gateway-${n}`));
    await world.ready();
    await world.end(lost(1006));
    expect(world.wait).toBe(1_000);
    world.live.wake();
    await settled();
    expect(world.links).toHaveLength(8);
    world.live.stop();
    expect(world.link.isClosed).toBe(true);
  });

  it('returns when a restarting gateway asks it to', async () => {
    const world = new World();
    world.live.start();
    await world.ready();
    await world.end(endOf(1012, JSON.stringify({ retry_after_ms: 1_234 })));
    expect(world.wait).toBe(1_234);
    await world.clock.pass(1_234);
    await world.end(endOf(1012, 'nonsense'));
    expect(world.wait).toBe(1_000);
    world.live.stop();
  });

  it('renews a token that is refused, and stops when the session is over', async () => {
    const world = new World();
    world.live.start();
    await world.end(endOf(4001, ''));
    await world.clock.pass(1_000);
    expect(world.links.map(({ token }) => token)).toEqual(['token 1', 'token 2']);
    await world.end(endOf(4003, ''));
    await world.clock.pass(60_000);
    expect(world.session.ended).toBe(true);
    expect(world.links).toHaveLength(2);
    expect(world.statuses.at(-1)).toEqual({ state: 'stopped' });
  });

  it('pings a silent server and gives it up when it stays silent', async () => {
    const world = new World();
    world.live.start();
    await world.ready();
    await world.clock.pass(24_000);
    expect(world.link.sent).toEqual([]);
    await world.clock.pass(6_000);
    expect(world.link.sent).toEqual([{ type: 'ping' }]);
    world.link.listener.alive();
    await world.clock.pass(30_000);
    expect(world.links).toHaveLength(1);
    await world.clock.pass(15_000);
    expect(world.links[0]?.isClosed).toBe(true);
    expect(world.wait ?? world.links.length).not.toBe(1);
    world.live.stop();
  });

  it('gives up a connection that does not become ready', async () => {
    const world = new World();
    world.live.start();
    await world.clock.pass(10_000);
    expect(world.links[0]?.isClosed).toBe(true);
    world.live.stop();
  });

  it('shows a new token before the old one expires', async () => {
    const world = new World();
    world.live.start();
    await world.ready();
    for (let passed = 0; passed < 480_000; passed += 20_000) {
      world.link.listener.alive();
      await world.clock.pass(20_000);
    }
    expect(world.link.sent.filter(({ type }) => type === 'auth')).toEqual([
      { type: 'auth', token: 'token 1', ref: '1' },
    ]);
    world.live.stop();
  });

  it('names the positions that differ and no others', async () => {
    const world = new World();
    world.live.start();
    await world.ready({ 1: 5, 2: 9 });
    expect(world.link.sent).toEqual([]);
    await world.end(lost(1006));
    await world.clock.pass(1_000);
    await world.ready({ 1: 7, 2: 9, 3: 4 });
    const resume = { type: 'resume', epoch: 1, cursors: { 1: 5, 3: 0 }, ref: '1' };
    expect(world.link.sent).toEqual([resume]);
    world.live.stop();
  });

  it('sends no more frames than the server takes, and says when an answer will not come', async () => {
    const world = new World();
    world.live.start();
    expect(world.live.ask({ type: 'typing', chat_id: 1 })).toBeUndefined();
    await world.ready();
    const asked = Array.from({ length: 25 }, () => world.live.ask({ type: 'typing', chat_id: 1 }));
    const answers = asked
      .filter((answer) => answer !== undefined)
      .map((answer) => answer.catch((error: unknown) => error));
    expect(answers).toHaveLength(20);
    world.link.listener.frame({ type: 'ack', data: { ref: '1', done: true } });
    await world.end(lost(1006));
    const [first, second] = await Promise.all(answers);
    expect(first).toMatchObject({ done: true });
    expect(second).toMatchObject({ code: 'UNAVAILABLE' });
    world.live.stop();
  });

  it('is told of presence until the server has taken it, and each new one again', async () => {
    const world = new World();
    const watched = () =>
      world.link.sent.filter(({ type }) => type === 'presence.watch').map((sent) => sent['user_ids']);
    const refuse = async (code: 'RATE_LIMITED' | 'UNAVAILABLE') => {
      const ref = world.link.sent.at(-1)?.['ref'] as string;
      world.link.listener.frame({ type: 'error', data: { ref, error: { code, message: 'Not now' } } });
      await world.clock.pass(4_000);
    };
    world.presence.watch([1]);
    world.live.start();
    await world.ready();
    expect(watched()).toEqual([[1]]);
    await refuse('RATE_LIMITED');
    await refuse('UNAVAILABLE');
    expect(watched()).toEqual([[1], [1], [1]]);
    world.presence.watch([2]);
    await refuse('UNAVAILABLE');
    expect(watched()).toEqual([[1], [1], [1], [2], [2]]);
    world.link.listener.frame({ type: 'ack', data: { ref: world.link.sent.at(-1)?.['ref'] as string } });
    await world.clock.pass(20_000);
    expect(watched()).toHaveLength(5);
    await world.end(lost(1006));
    await world.clock.pass(1_000);
    await world.ready();
    expect(watched()).toEqual([[2]]);
    world.live.stop();
  });

  it('tells of those who were there before and are not there any more, once it can know', async () => {
    const world = new World();
    const told: unknown[] = [];
    world.events.on('presence.update', ({ user_id, status, last_seen }) => told.push([user_id, status, last_seen]));
    const say = (user_id: number, status: 'online' | 'offline', last_seen = 'before') =>
      world.link.listener.frame({ type: 'presence.update', data: { user_id, status, last_seen } });
    world.live.start();
    await world.ready();
    for (const id of [1, 2, 3]) say(id, 'online');
    say(3, 'offline');
    await world.clock.pass(10_000);
    await world.end(lost(1006));
    // The next connection ends before it has been told.
    for (let round = 0; round < 2; round++) {
      await world.clock.pass(1_000);
      told.splice(0);
      await world.ready();
      if (round === 0) await world.end(lost(1006));
    }
    say(1, 'online', 'now');
    await world.clock.pass(4_900);
    expect(told).toEqual([[1, 'online', 'now']]);
    await world.clock.pass(200);
    expect(told.slice(1)).toEqual([[2, 'offline', 'before']]);
    world.live.stop();
  });

  it('is tried again also after an error that is none of the server, which is reported', async () => {
    const world = new World();
    const reports: unknown[] = [];
    const report = (work: () => void) => reports.push(work);
    const queue = jest.spyOn(globalThis, 'queueMicrotask').mockImplementation(report);
    world.fault = new TypeError('A fault');
    world.live.start();
    await settled();
    queue.mockRestore();
    expect(world.wait).toBe(1_000);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toThrow(world.fault);
    world.fault = undefined;
    await world.clock.pass(1_000);
    await world.ready();
    expect(world.statuses.at(-1)?.state).toBe('live');
    world.live.stop();
  });
});
