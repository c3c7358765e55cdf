import { aMessageOf } from './answers.js';
import type { Bench, Figure, Plot, Setting } from './bench.js';
import { untilIndexed } from './fill.js';
import { postgresSettings } from './machine.js';
import { answered, compare, httpSide, takeTurns, type Rounds, type Side } from './rounds.js';
import { sendRequests, variety } from './send-requests.js';
import { startSpanSink, type SpanSink } from './span-sink.js';
import { withSubject, type Subject } from './subject.js';

const members = 8;
const pairs = 10;
const share = 0.1;

const bare = 'metrics off';
const measured = 'metrics on';
const traced = `metrics on, traced at ${100 * share} %`;

/** What it costs to see what the server does. */
export const sight: Bench = {
  name: 'sight',
  about: 'messages a second with metrics on against off, and traced at 10 % into a collector against not traced',
  topologies: ['standalone', 'distributed'],
  run: async (setting) => {
    const sink = await startSpanSink();
    const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_TRACES_SAMPLER_ARG: String(share) };
    const start = <Result>(env: Record<string, string>, work: (subject: Subject) => Promise<Result>) =>
      withSubject(setting.topology, work, env);
    try {
      return await start({ FECHATTER_METRICS: 'off' }, (off) =>
        start({}, (on) => start(tracing, (withTraces) => measure(setting, { off, on, withTraces }, sink))),
      );
    } finally {
      await sink.stop();
    }
  },
};

interface Subjects {
  readonly off: Subject;
  readonly on: Subject;
  readonly withTraces: Subject;
}

/** Three servers at once, of which two idle: so that each pair is of the same moment. */
async function measure(setting: Setting, { off, on, withTraces }: Subjects, sink: SpanSink) {
  const sides = [
    await side(setting, bare, off),
    await side(setting, measured, on),
    await side(setting, traced, withTraces),
  ];
  const before = sink.spans;
  const rounds = await takeTurns(setting, 'sends', sides, setting.quick ? 2 : pairs);
  const figure = (name: string, ours: string, floor: string, atLeast: number): Figure => ({
    name,
    unit: 'sends/s',
    ...compare(rounds, ours, floor),
    bar: { of: 'ratio', atLeast },
  });
  const spans = sink.spans - before;
  if (spans === 0) throw new Error('No span reached the collector');
  return {
    figures: [
      figure('sends with metrics', measured, bare, 0.97),
      figure('sends with metrics and traces', traced, measured, 0.9),
    ],
    plots: [pairByPair(rounds)],
    notes: [
      `${setting.quick ? 2 : pairs} pairs. ${spans.toLocaleString('en')} spans of ${sent(rounds).toLocaleString('en')} sends measured ` +
        'reached the collector, which shares the two cores.',
    ],
    postgres: await postgresSettings(on.admin),
  };
}

async function side(setting: Setting, name: string, subject: Subject): Promise<Side> {
  setting.say(`making people: ${name}`);
  const { people, chatId } = await subject.channel(members);
  const target = { port: subject.port, status: 201, ...sendRequests(people, [chatId]) };
  const span = setting.quick ? { warmUpSeconds: 0.5, seconds: 1 } : { warmUpSeconds: 0.5, seconds: 1.5 };
  return {
    ...httpSide(setting, name, () => target, aMessageOf(variety), { span }),
    settle: () => untilIndexed(setting, subject),
  };
}

function pairByPair(rounds: Rounds): Plot {
  const series = [...rounds].map(([name, ofSide]) => ({
    name,
    points: ofSide.map(({ perSecond }, round) => [round + 1, perSecond] as const),
  }));
  return { title: 'Sends a second, pair by pair', kind: 'curve', x: 'pair', y: 'sends/s', series };
}

function sent(rounds: Rounds): number {
  return rounds.get(traced)!.reduce((sum, { load }) => sum + (load === undefined ? 0 : answered(load)), 0);
}
