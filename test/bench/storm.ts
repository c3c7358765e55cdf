import { setTimeout as pause } from 'node:timers/promises';
import { withCrowd, type Crowd } from '../load/crowd/crowd.js';
import type { Place, ReconnectionResult } from '../load/crowd/orders.js';
import type { JobResult, OpenLoop } from '../load/job.js';
import { messageText } from '../load/message-text.js';
import type { Bench, Figure, Plot, Setting } from './bench.js';
import { admitCrowd } from './crowd-people.js';
import { untilIndexed } from './fill.js';
import { latenciesOf, percentileSeries } from './latencies.js';
import { postgresSettings } from './machine.js';
import { connectionCap } from './operations.js';
import type { Person } from './person.js';
import { Sampler } from './sampler.js';
import { sendRequests } from './send-requests.js';
import { percentile } from './statistics.js';
import { withSubject, type Subject } from './subject.js';

const bars = { resumedMs: 10_000, sendMs: 1_000 };
/** The first back-off of the client library is anything up to this. */
const spreadMs = 2_000;
const senders = 8;
const perSecond = 100;
/** Sends are measured from the cut on, over the time in which most come back. */
const sendSeconds = 4;
/** Sent to everybody while they are away or on their way back. */
const missed = { count: 6, everyMs: 300 };
const sampleMs = 50;
const arrivalMs = 15_000;

const connections = `SELECT count(*)::int AS count FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND datname = current_database() AND pid <> pg_backend_pid()`;

/** Everybody loses the connection at once. */
export const storm: Bench = {
  name: 'storm',
  about: '5,000 sockets cut at once: time until all are resumed, connections to PostgreSQL, sends meanwhile',
  topologies: ['standalone', 'distributed'],
  run: (setting) => withSubject(setting.topology, (subject) => measure(setting, subject)),
};

interface Storm {
  readonly back: ReconnectionResult;
  readonly places: readonly Place[];
  readonly sends: JobResult;
  /** Connections to PostgreSQL, over time. */
  readonly used: readonly (readonly [number, number])[];
}

async function measure(setting: Setting, subject: Subject) {
  const count = setting.quick ? 1_000 : 5_000;
  setting.say(`making ${count} people`);
  const { people, chatId: quiet } = await subject.channel(senders);
  const chatId = await people[0]!.createChannel('crowd', [people[0]!]);
  const tokens = await admitCrowd(subject, people[0]!, chatId, count);
  await untilIndexed(setting, subject);
  const cap = await connectionCap(subject);
  const found = await withCrowd({ port: subject.port, path: '/ws', tokens, chatId }, (crowd) =>
    strike(setting, subject, crowd, people, quiet, chatId),
  );
  ensureComplete(found, count);
  return {
    figures: figuresOf(found, count, cap),
    plots: plotsOf(found, cap),
    notes: [
      `Each socket is another member's. Its client comes back after a random time of up to ${spreadMs / 1000} s, signs in, and names its ` +
        `position; it is resumed when that is answered. ${missed.count} messages are sent to all of them meanwhile; each has got every one ` +
        `once and in order. ${found.back.attempts.toLocaleString('en')} connections were tried.` +
        found.back.firstFailures.map((text) => ` ${text}.`).join(''),
      `Sends go into another channel, over HTTP, ${perSecond} a second, for ${sendSeconds} s from the cut on. ` +
        `Connections to PostgreSQL are counted in pg_stat_activity every ${sampleMs} ms; the cap is the sum of all pools.`,
    ],
    postgres: await postgresSettings(subject.admin),
  };
}

async function strike(
  { generator, say }: Setting,
  subject: Subject,
  crowd: Crowd,
  people: readonly Person[],
  quiet: number,
  chatId: number,
): Promise<Storm> {
  say('all are cut');
  const warmUpSeconds = 2;
  const targets = [{ name: 'send', port: subject.port, status: 201, ...sendRequests(people, [quiet]) }];
  const job: OpenLoop = { kind: 'open', targets, connections: 64, perSecond, warmUpSeconds, seconds: sendSeconds };
  const sends = generator.run(job);
  // The storm is what is waited for first; a failure of the sends is told when they end.
  sends.catch(() => undefined);
  await pause(warmUpSeconds * 1000);
  const sampler = new Sampler(sampleMs, async () => {
    const { rows } = await subject.admin.query<{ count: number }>(connections);
    return rows[0]!.count;
  });
  const returning = crowd.ask({ kind: 'reconnect', spreadMs, limitMs: 60_000 });
  let last = 0;
  for (let number = 0; number < missed.count; number++) {
    const body = { chat_id: chatId, content: messageText(number) };
    last = (await people[0]!.call<{ seq: number }>('POST', '/api/messages', body)).seq;
    await pause(missed.everyMs);
  }
  const back = await returning;
  const used = await sampler.stop();
  return { back, places: await whenAt(crowd, last), sends: await sends, used };
}

/** Where all are, when they have the last entry or the time for that is over. */
async function whenAt(crowd: Crowd, last: number): Promise<readonly Place[]> {
  for (const deadline = Date.now() + arrivalMs; ; await pause(200)) {
    const { places } = await crowd.ask({ kind: 'look' });
    if (Date.now() > deadline || places.every(({ position }) => position >= last)) {
      const behind = places.filter(({ position }) => position !== last).length;
      if (behind > 0) throw new Error(`${behind} sockets are not where the log ends`);
      return places;
    }
  }
}

/** A socket that has lost or doubled something is no figure. */
function ensureComplete({ back, places }: Storm, count: number): void {
  if (back.resumedMs.length < count) {
    throw new Error(`${count - back.resumedMs.length} sockets did not resume: ${back.firstFailures.join(' | ')}`);
  }
  const wrong = places.filter((place) => place.wrong > 0 || place.gaps.length > 0).length;
  if (wrong > 0) throw new Error(`${wrong} sockets were sent entries twice or not at all`);
}

function figuresOf({ back, sends, used }: Storm, count: number, cap: number): Figure[] {
  const resumed = (share: number) => percentile(back.resumedMs, share);
  const sent = latenciesOf(sends.targets);
  return [
    {
      name: `${count.toLocaleString('en')} sockets cut at once, all resumed`,
      unit: 'ms',
      ours: resumed(1),
      bar: { of: 'ours', atMost: bars.resumedMs },
      generatorCpu: back.cpu,
    },
    { name: 'half of them resumed', unit: 'ms', ours: resumed(0.5) },
    {
      name: 'connections to PostgreSQL at most',
      unit: 'connections',
      ours: Math.max(...used.map(([, value]) => value)),
      bar: { of: 'ours', atMost: cap },
    },
    { name: 'send meanwhile, p50', unit: 'ms', ours: sent.at(50) },
    { name: 'send meanwhile, p99', unit: 'ms', ours: sent.at(99), bar: { of: 'ours', atMost: bars.sendMs } },
  ];
}

function plotsOf({ back, sends, used }: Storm, cap: number): Plot[] {
  const sorted = [...back.resumedMs].sort((a, b) => a - b);
  const step = Math.max(1, Math.floor(sorted.length / 200));
  const points = sorted.map((ms, index) => [ms / 1000, index + 1] as const);
  const end = used.at(-1)?.[0] ?? 0;
  return [
    {
      title: 'Sockets that are resumed after the cut',
      kind: 'time',
      x: 's since the cut',
      y: 'sockets',
      series: [
        { name: 'resumed', points: points.filter((_, index) => index % step === 0 || index === points.length - 1) },
      ],
    },
    {
      title: 'Connections to PostgreSQL after the cut',
      kind: 'time',
      x: 's since the cut',
      y: 'connections',
      series: [
        { name: 'used', points: used },
        { name: 'cap', points: [0, end].map((seconds) => [seconds, cap] as const) },
      ],
    },
    {
      title: `Sends meanwhile, ${perSecond} a second`,
      kind: 'latency',
      x: 'percentile',
      y: 'ms',
      series: [percentileSeries('send', sends.targets)],
    },
  ];
}
