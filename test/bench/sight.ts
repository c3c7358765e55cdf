import { aMessageOf } from './answers.js';
import type { Bench, Figure, Plot, Setting } from './bench.js';
import { postgresSettings } from './machine.js';
import { compare, httpSide, takeTurns, type Measured, type Rounds, type Side } from './rounds.js';
import { sendRequests, variety } from './send-requests.js';
import { startSpanSink } from './span-sink.js';
import { withSubject, type Subject } from './subject.js';

const members = 8;
/** So often all servers are started anew: two starts of the same one differ as well. */
const starts = 10;
/** The servers of a start take turns so often, forth and back: the machine changes within seconds. */
const turns = 16;
/** What their compiler needs to be as it stays. */
const warmUpSeconds = 4;
const share = 0.1;

/** A server that is compared: what it is called, and its environment. */
interface Kind {
  readonly name: string;
  readonly env: Record<string, string>;
}

const bare: Kind = { name: 'metrics off', env: { FECHATTER_METRICS: 'off' } };
const measured: Kind = { name: 'metrics on', env: {} };

function traced(collector: string): Kind {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_TRACES_SAMPLER_ARG: String(share) };
  return { name: `metrics on, traced at ${100 * share} %`, env };
}

/** What it costs to see what the server does. */
export const sight: Bench = {
  name: 'sight',
  about: 'messages a second with metrics on against off, and traced at 10 % into a collector against not traced',
  topologies: ['standalone', 'distributed'],
  run: async (setting) => {
    const sink = await startSpanSink();
    const count = setting.quick ? 2 : starts;
    const recorded = traced(sink.url);
    const kinds = [bare, measured, recorded];
    const rounds = new Map(kinds.map(({ name }) => [name, [] as Measured[]]));
    let postgres = {};
    try {
      for (let start = 0; start < count; start++) {
        // Whoever is started first has run for longer.
        const order = [...kinds.slice(start % kinds.length), ...kinds.slice(0, start % kinds.length)];
        await withServers(setting, order, [], async (sides, subject) => {
          const what = `start ${start + 1} of ${count}`;
          const found = await takeTurns(setting, what, sides, setting.quick ? 2 : turns);
          for (const [name, ofKind] of rounds) ofKind.push({ perSecond: rateOf(found.get(name)!) });
          postgres = await postgresSettings(subject.admin);
        });
      }
      if (sink.spans === 0) throw new Error('No span reached the collector');
      const spans = sink.spans.toLocaleString('en');
      const notes = [
        `${count} starts of all three servers, which take turns. The index of search stands still, as what it does after a turn would fall into those of the others. The collector, which got ${spans} spans, shares the cores.`,
      ];
      return { figures: figuresOf(rounds, recorded), plots: [startByStart(rounds)], notes, postgres };
    } finally {
      await sink.stop();
    }
  },
};

function figuresOf(rounds: Rounds, recorded: Kind): Figure[] {
  const figure = (name: string, ours: Kind, floor: Kind, atLeast: number): Figure => ({
    name,
    unit: 'sends/s',
    ...compare(rounds, ours.name, floor.name),
    bar: { of: 'ratio', atLeast },
  });
  return [
    figure('sends with metrics', measured, bare, 0.97),
    figure('sends with metrics and traces', recorded, measured, 0.9),
  ];
}

/** Starts a server of each kind, one after the other, and does the work while all of them run. */
async function withServers(
  setting: Setting,
  [kind, ...others]: readonly Kind[],
  sides: readonly Side[],
  work: (sides: readonly Side[], last: Subject) => Promise<void>,
): Promise<void> {
  if (kind === undefined) return;
  await withSubject(
    setting.topology,
    async (subject) => {
      const all = [...sides, await side(setting, kind.name, subject)];
      await (others.length === 0 ? work(all, subject) : withServers(setting, others, all, work));
    },
    kind.env,
  );
}

/** A server with people, warm, whose search does not work. */
async function side(setting: Setting, name: string, subject: Subject): Promise<Side> {
  setting.say(`making people: ${name}`);
  const { people, chatId } = await subject.channel(members);
  await subject.admin.query('BEGIN; LOCK TABLE search.positions IN ACCESS EXCLUSIVE MODE');
  const target = { port: subject.port, status: 201, ...sendRequests(people, [chatId]) };
  const sideOf = (span: { warmUpSeconds: number; seconds: number }) =>
    httpSide(setting, name, () => target, aMessageOf(variety), { span });
  await sideOf({ warmUpSeconds: setting.quick ? 0.5 : warmUpSeconds, seconds: 0.1 }).measure();
  return sideOf({ warmUpSeconds: 0.1, seconds: setting.quick ? 0.2 : 0.5 });
}

function rateOf(turnsOfSide: readonly Measured[]): number {
  return turnsOfSide.reduce((sum, { perSecond }) => sum + perSecond, 0) / turnsOfSide.length;
}

function startByStart(rounds: Rounds): Plot {
  const series = [...rounds].map(([name, ofKind]) => ({
    name,
    points: ofKind.map(({ perSecond }, start) => [start + 1, perSecond] as const),
  }));
  return { title: 'sends, start by start', kind: 'curve', x: 'start', y: 'sends/s', series };
}
