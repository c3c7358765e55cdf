import { withCrowd } from '../load/crowd/crowd.js';
import type { SteadyResult } from '../load/crowd/orders.js';
import type { Bench, Figure, Setting } from './bench.js';
import { crowdsTakeTurns, type CrowdSide } from './crowd-sides.js';
import { untilIndexed } from './fill.js';
import { withFloor } from './floor/process.js';
import { latenciesOf, percentileSeries } from './latencies.js';
import { postgresSettings } from './machine.js';
import { sampleFrame, socketSends } from './socket-sends.js';
import { median } from './statistics.js';
import { withSubject, type Subject } from './subject.js';

const bars = { standalone: 1.5, distributed: 2.5 };
const perSecond = 100;
/** V8 compiles what has run some thousand times: a server that has run for an hour is measured, not one for a minute. */
const compiling = { perSecond: 500, warmUpSeconds: 0, seconds: 8 };
const [ours, bare] = ['Fechatter', 'bare ws and one commit'];

/** How long it takes from one person's socket to another's. */
export const echo: Bench = {
  name: 'echo',
  about: 'send over one socket to receipt on another at 100 a second, against a bare ws with one commit behind it',
  topologies: ['standalone', 'distributed'],
  run: (setting) => withSubject(setting.topology, (subject) => measure(setting, subject)),
};

type Side = CrowdSide<'steady'>;

async function measure(setting: Setting, subject: Subject) {
  setting.say('making people');
  const { people, chatId } = await subject.channel(2);
  const sample = await sampleFrame(people[0]!, chatId);
  await untilIndexed(setting, subject);
  const { texts, contents } = socketSends(chatId);
  const tokens = people.map(({ token }) => token);
  const serve = [subject.postgresUrl];
  const found = await withFloor(
    'commit',
    async (floor) => {
      await floor.serve(sample);
      return withCrowd({ port: floor.port, path: '/', count: 2, chatId }, (theirs) =>
        withCrowd({ port: subject.port, path: '/ws', tokens, chatId }, async (mine) => {
          const sides: [Side, Side] = [
            { name: ours, port: subject.port, crowd: mine, texts, rounds: [] },
            { name: bare, port: floor.port, crowd: theirs, texts: contents, rounds: [] },
          ];
          const [rounds, span] = setting.quick
            ? [2, { warmUpSeconds: 1, seconds: 3 }]
            : [4, { warmUpSeconds: 2, seconds: 12 }];
          const order = (said: readonly string[]) => ({ kind: 'steady' as const, texts: said });
          const untold = sides.map((side) => ({ ...side, rounds: [] }));
          await crowdsTakeTurns(setting, untold, 1, (said) => ({ ...order(said), ...compiling }));
          await crowdsTakeTurns(setting, sides, rounds, (said) => ({ ...order(said), perSecond, ...span }));
          return sides;
        }),
      );
    },
    serve,
  );
  const limit = bars[setting.topology];
  return {
    figures: [50, 99].map((percent) => figureOf(found, percent, limit)),
    plots: [
      {
        title: 'From a send over one socket to the frame on another, 100 a second',
        kind: 'latency' as const,
        x: 'percentile',
        y: 'ms',
        series: found.map(({ name, rounds }) => percentileSeries(name, rounds)),
      },
    ],
    notes: [
      'The bare server stores each text by one INSERT in a commit of its own, in the same PostgreSQL, before it sends a frame ' +
        'of the same bytes to the other socket and an answer to the sender. Sender and listener are one process with one clock.',
    ],
    postgres: await postgresSettings(subject.admin),
  };
}

/** Percentiles of all rounds; the bar is on the median of the rounds' ratios. */
function figureOf([mine, theirs]: readonly [Side, Side], percent: number, atMost: number): Figure {
  const at = (rounds: readonly SteadyResult[]) => latenciesOf(rounds).at(percent);
  const ratios = mine.rounds.map((round, index) => at([round]) / at([theirs.rounds[index]!]));
  const cpu = ({ rounds }: Side) => median(rounds.map((round) => round.cpu));
  return {
    name: `send to receipt on another socket, p${percent}`,
    unit: 'ms',
    ours: at(mine.rounds),
    floor: { name: bare, value: at(theirs.rounds), generatorCpu: cpu(theirs) },
    ratio: median(ratios),
    bar: { of: 'ratio', atMost },
    generatorCpu: cpu(mine),
  };
}
