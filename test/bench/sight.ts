import { aMessageOf } from './answers.js';
import type { Bench, Figure, Plot, Setting } from './bench.js';
import { postgresSettings } from './machine.js';
import { compare, httpSide, takeTurns, type Measured, type Rounds, type Side } from './rounds.js';
import { sendRequests, variety } from './send-requests.js';
import { startSpanSink } from './span-sink.js';
import { withSubject, type Subject } from './subject.js';

const members = 8;
const pairs = 10;
/** The servers of a pair take turns so often, forth and back: the machine changes within seconds. */
const turns = 8;
/** What their compiler and their search need to be as they stay. */
const warmUpSeconds = 4;
const share = 0.1;

/** Which servers are compared: two starts of the same one differ as well, so each pair is started anew. */
interface Comparison {
  readonly name: string;
  readonly ours: Start;
  readonly floor: Start;
  readonly atLeast: number;
}

interface Start {
  readonly name: string;
  readonly env: Record<string, string>;
}

function comparisons(collector: string): readonly Comparison[] {
  const measured = { name: 'metrics on', env: {} };
  const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_TRACES_SAMPLER_ARG: String(share) };
  const traced = { name: `metrics on, traced at ${100 * share} %`, env: tracing };
  const bare = { name: 'metrics off', env: { FECHATTER_METRICS: 'off' } };
  return [
    { name: 'sends with metrics', ours: measured, floor: bare, atLeast: 0.97 },
    { name: 'sends with metrics and traces', ours: traced, floor: measured, atLeast: 0.9 },
  ];
}

/** What it costs to see what the server does. */
export const sight: Bench = {
  name: 'sight',
  about: 'messages a second with metrics on against off, and traced at 10 % into a collector against not traced',
  topologies: ['standalone', 'distributed'],
  run: async (setting) => {
    const sink = await startSpanSink();
    const count = setting.quick ? 2 : pairs;
    try {
      const figures: Figure[] = [];
      const plots: Plot[] = [];
      let postgres = {};
      for (const comparison of comparisons(sink.url)) {
        const { name, ours, floor, atLeast } = comparison;
        const rounds = new Map([ours, floor].map((start) => [start.name, [] as Measured[]]));
        for (let pair = 1; pair <= count; pair++) {
          const found = await measurePair(setting, `${name}, pair ${pair} of ${count}`, comparison, pair % 2 === 1);
          for (const [start, ofStart] of rounds) ofStart.push({ perSecond: rateOf(found.rounds.get(start)!) });
          postgres = found.postgres;
        }
        figures.push({
          name,
          unit: 'sends/s',
          ...compare(rounds, ours.name, floor.name),
          bar: { of: 'ratio', atLeast },
        });
        plots.push(pairByPair(name, rounds));
      }
      if (sink.spans === 0) throw new Error('No span reached the collector');
      const spans = sink.spans.toLocaleString('en');
      const notes = [
        `${count} pairs of new servers, which take turns. The collector, which got ${spans} spans, shares the cores.`,
      ];
      return { figures, plots, notes, postgres };
    } finally {
      await sink.stop();
    }
  },
};

/** Two new servers, one after the other and in turns. */
function measurePair(setting: Setting, what: string, { ours, floor }: Comparison, isFloorFirst: boolean) {
  const [first, second] = isFloorFirst ? [floor, ours] : [ours, floor];
  const start = <Result>({ env }: Start, work: (subject: Subject) => Promise<Result>) =>
    withSubject(setting.topology, work, env);
  return start(first, (one) =>
    start(second, async (other) => {
      const sides = [await side(setting, first.name, one), await side(setting, second.name, other)];
      const rounds = await takeTurns(setting, what, sides, setting.quick ? 2 : turns);
      return { rounds, postgres: await postgresSettings(one.admin) };
    }),
  );
}

/** A server with people, warm. */
async function side(setting: Setting, name: string, subject: Subject): Promise<Side> {
  setting.say(`making people: ${name}`);
  const { people, chatId } = await subject.channel(members);
  const target = { port: subject.port, status: 201, ...sendRequests(people, [chatId]) };
  const sideOf = (span: { warmUpSeconds: number; seconds: number }) =>
    httpSide(setting, name, () => target, aMessageOf(variety), { span });
  await sideOf({ warmUpSeconds: setting.quick ? 0.5 : warmUpSeconds, seconds: 0.1 }).measure();
  return sideOf({ warmUpSeconds: 0.2, seconds: setting.quick ? 0.3 : 0.8 });
}

function rateOf(turnsOfSide: readonly Measured[]): number {
  return turnsOfSide.reduce((sum, { perSecond }) => sum + perSecond, 0) / turnsOfSide.length;
}

function pairByPair(what: string, rounds: Rounds): Plot {
  const series = [...rounds].map(([name, ofSide]) => ({
    name,
    points: ofSide.map(({ perSecond }, pair) => [pair + 1, perSecond] as const),
  }));
  return { title: `${what}, pair by pair`, kind: 'curve', x: 'pair', y: 'sends/s', series };
}
