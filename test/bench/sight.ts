import { aMessageOf } from './answers.js';
import type { Bench, Figure, Plot, Setting } from './bench.js';
import { postgresSettings } from './machine.js';
import { compare, httpSide, takeTurns, type Measured, type Rounds, type Side } from './rounds.js';
import { sendRequests, variety } from './send-requests.js';
import { startSpanSink, type SpanSink } from './span-sink.js';
import { withSubject, type Subject } from './subject.js';

const members = 8;
const pairs = 10;
/** The sides of a pair take turns so often, forth and back: the machine changes within seconds. */
const turns = 4;
const share = 0.1;

const bare = 'metrics off';
const measured = 'metrics on';
const traced = `metrics on, traced at ${100 * share} %`;

const comparisons = [
  { name: 'sends with metrics', ours: measured, floor: bare, atLeast: 0.97 },
  { name: 'sends with metrics and traces', ours: traced, floor: measured, atLeast: 0.9 },
] as const;

/** What it costs to see what the server does. */
export const sight: Bench = {
  name: 'sight',
  about: 'messages a second with metrics on against off, and traced at 10 % into a collector against not traced',
  topologies: ['standalone', 'distributed'],
  run: async (setting) => {
    const sink = await startSpanSink();
    const start = <Result>(env: Record<string, string>, work: (subject: Subject) => Promise<Result>) =>
      withSubject(setting.topology, work, env);
    const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_TRACES_SAMPLER_ARG: String(share) };
    try {
      return await start({ FECHATTER_METRICS: 'off' }, (off) =>
        start({}, (on) =>
          start(tracing, (withTraces) =>
            measure(
              setting,
              new Map([
                [bare, off],
                [measured, on],
                [traced, withTraces],
              ]),
              sink,
            ),
          ),
        ),
      );
    } finally {
      await sink.stop();
    }
  },
};

/** Three servers at once, of which two idle. Each comparison has turns of its own: of three sides one is always between. */
async function measure(setting: Setting, subjects: ReadonlyMap<string, Subject>, sink: SpanSink) {
  const sides = new Map<string, Side>();
  for (const [name, subject] of subjects) sides.set(name, await side(setting, name, subject));
  const before = sink.spans;
  const count = setting.quick ? 2 : pairs;
  const figures: Figure[] = [];
  const plots: Plot[] = [];
  for (const { name, ours, floor, atLeast } of comparisons) {
    const rounds = new Map([ours, floor].map((side) => [side, [] as Measured[]]));
    // The first does not count: from then on the search of each server indexes all the while.
    for (let pair = 0; pair <= count; pair++) {
      const pairOfSides = [sides.get(floor)!, sides.get(ours)!];
      const ofPair = await takeTurns(setting, `${name}, pair ${pair} of ${count}`, pairOfSides, turns);
      if (pair === 0) continue;
      for (const [side, found] of rounds) found.push({ perSecond: rateOf(ofPair.get(side)!) });
    }
    figures.push({ name, unit: 'sends/s', ...compare(rounds, ours, floor), bar: { of: 'ratio', atLeast } });
    plots.push(pairByPair(name, rounds));
  }
  const spans = sink.spans - before;
  if (spans === 0) throw new Error('No span reached the collector');
  return {
    figures,
    plots,
    notes: [`${count} pairs. The collector, which got ${spans.toLocaleString('en')} spans, shares the cores.`],
    postgres: await postgresSettings(subjects.get(measured)!.admin),
  };
}

async function side(setting: Setting, name: string, subject: Subject): Promise<Side> {
  setting.say(`making people: ${name}`);
  const { people, chatId } = await subject.channel(members);
  const target = { port: subject.port, status: 201, ...sendRequests(people, [chatId]) };
  const span = { warmUpSeconds: 0.2, seconds: setting.quick ? 0.3 : 0.8 };
  return httpSide(setting, name, () => target, aMessageOf(variety), { span });
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
