import type { OpenLoop, TargetResult } from '../load/job.js';
import type { Bench, Figure, Setting } from './bench.js';
import { withFloor } from './floor/process.js';
import { latenciesOf, percentileSeries } from './latencies.js';
import { postgresSettings } from './machine.js';
import { httpSide, takeTurns } from './rounds.js';
import { sendRequests, toFloor } from './sends.js';
import { median } from './statistics.js';
import { withSubject, type Subject } from './subject.js';

const bars = { standalone: 10, distributed: undefined };
const members = 8;

const ours = 'Fechatter';
const fastify = 'bare Fastify POST';

/** How long a send takes while the server does half of what it can, by intended start times. */
export const latency: Bench = {
  name: 'latency',
  about: 'latency of a send at half of the highest rate, in an open loop',
  topologies: ['standalone', 'distributed'],
  run: (setting) => withSubject(setting.topology, (subject) => measure(setting, subject)),
};

async function measure(setting: Setting, subject: Subject) {
  setting.say('making people');
  const { people, chatId } = await subject.channel(members);
  const highest = await highestRate(setting, subject, () => sendRequests(people, [chatId]).requests);
  for (const person of people) await person.signInAgain();
  const { requests } = sendRequests(people, [chatId]);
  const found = await withFloor('http', (floor) => {
    const sides = {
      [ours]: { port: subject.port, requests },
      [fastify]: { port: floor.port, requests: requests.map((request) => toFloor(request)) },
    };
    return openRounds(setting, highest / 2, sides);
  });
  const mine = latenciesOf(found[ours]!.results);
  const theirs = latenciesOf(found[fastify]!.results);
  const at = (percent: number): Figure => ({
    name: `send, p${percent}`,
    unit: 'ms',
    ours: mine.at(percent),
    floor: { name: fastify, value: theirs.at(percent) },
    ratio: mine.at(percent) / theirs.at(percent),
    generatorCpu: found[ours]!.cpu,
  });
  const limit = bars[setting.topology];
  return {
    figures: [
      { name: 'highest rate, 64 connections', unit: 'sends/s', ours: highest },
      at(50),
      { ...at(99), ...(limit !== undefined && { bar: { of: 'ours' as const, atMost: limit } }) },
      at(99.9),
    ],
    plots: [
      {
        title: `Latency of a send at ${Math.round(highest / 2).toLocaleString('en')} sends a second`,
        kind: 'latency' as const,
        x: 'percentile',
        y: 'ms',
        series: [ours, fastify].map((side) => percentileSeries(side, found[side]!.results)),
      },
    ],
    notes: [
      'Latency counts from the intended start, the lateness of the timer (up to 1 ms) included, for the floor as well.',
    ],
    postgres: await postgresSettings(subject.admin),
  };
}

/** Sends a second in a closed loop: the median of a few rounds. */
export async function highestRate(
  setting: Setting,
  { port }: Subject,
  requests: () => readonly Buffer[],
): Promise<number> {
  const side = httpSide(setting, ours, () => ({ port, status: 201, requests: requests() }));
  const rounds = await takeTurns(setting, 'highest rate', [side]);
  return median(rounds.get(ours)!.map(({ perSecond }) => perSecond));
}

type Side = { readonly port: number; readonly requests: readonly Buffer[] };

/** An open loop on each of the sides in turn. */
async function openRounds(
  { generator, quick, say }: Setting,
  perSecond: number,
  sides: Readonly<Record<string, Side>>,
) {
  const found: Record<string, { results: TargetResult[]; cpu: number }> = {};
  const rounds = quick ? 2 : 4;
  for (let round = 1; round <= rounds; round++) {
    for (const [name, side] of Object.entries(sides)) {
      say(`${Math.round(perSecond)} sends a second, round ${round} of ${rounds}: ${name}`);
      const targets = [{ name, status: 201, ...side }];
      const span = quick ? { warmUpSeconds: 1, seconds: 4 } : { warmUpSeconds: 3, seconds: 15 };
      const job: OpenLoop = { kind: 'open', targets, connections: 256, perSecond, ...span };
      const result = await generator.run(job);
      const { results = [] } = found[name] ?? {};
      found[name] = { results: [...results, ...result.targets], cpu: result.generatorCpu };
    }
  }
  return found;
}
