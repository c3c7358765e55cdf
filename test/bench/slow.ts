import { withCrowd } from '../load/crowd/crowd.js';
import type { Bench, Figure, Plot, Setting } from './bench.js';
import { inspected } from './collected-memory.js';
import { admitCrowd } from './crowd-people.js';
import { untilIndexed } from './fill.js';
import { latenciesOf, percentileSeries } from './latencies.js';
import { postgresSettings } from './machine.js';
import type { Person } from './person.js';
import { everybodyReads, oneDoesNotRead, perSecond, type Round, type Slowness } from './slow-rounds.js';
import { median } from './statistics.js';
import { withSubject, type Subject } from './subject.js';

/** A slow client's queue holds 1 MiB; the rest is for what else the server does. */
const bars = { ratio: 1.5, memoryMiB: 4, closeCode: 4008 };
const MiB = 2 ** 20;

/** One who does not read, among many who do. */
export const slow: Bench = {
  name: 'slow',
  about: 'one who does not read among 1,000 who do: latency of the others, memory, what it is sent afterwards',
  topologies: ['standalone', 'distributed'],
  run: (setting) => withSubject(setting.topology, (subject) => measure(setting, subject), inspected()),
};

interface Pair {
  readonly without: Round;
  readonly with: Round & Slowness;
}

async function measure(setting: Setting, subject: Subject) {
  const count = setting.quick ? 200 : 1_000;
  setting.say(`making ${count} people`);
  const { people } = await subject.channel(2);
  const [owner, slowOne] = people as [Person, Person];
  const chatId = await owner.createChannel('crowd', people);
  const tokens = [owner.token, ...(await admitCrowd(subject, owner, chatId, count))];
  await untilIndexed(setting, subject);
  const pairs: Pair[] = [];
  await withCrowd({ port: subject.port, path: '/ws', tokens, chatId }, async (crowd) => {
    const scene = { setting, subject, crowd, chatId, slowOne };
    const rounds = setting.quick ? 1 : 2;
    setting.say('warming up');
    await everybodyReads(scene);
    for (let round = 1; round <= rounds; round++) {
      setting.say(`round ${round} of ${rounds}: everybody reads`);
      const without = await everybodyReads(scene);
      setting.say(`round ${round} of ${rounds}: one does not read`);
      pairs.push({ without, with: await oneDoesNotRead(scene) });
    }
  });
  return {
    figures: figuresOf(pairs, count),
    plots: plotsOf(pairs, count),
    notes: [
      `${perSecond} messages of 8,000 characters a second. The one who does not read was closed after ` +
        `${pairs.map((pair) => pair.with.closedAfterSeconds.toFixed(1)).join(' and ')} s; most of that time the kernel took its frames. ` +
        'Memory is taken between the times that count, after full garbage collections, until then.',
    ],
    postgres: await postgresSettings(subject.admin),
  };
}

function figuresOf(pairs: readonly Pair[], count: number): Figure[] {
  const rounds = (side: keyof Pair) => pairs.flatMap((pair) => pair[side].stretches);
  const slowness = pairs.map((pair) => pair.with);
  const sum = (of: (round: Slowness) => number) => slowness.reduce((total, round) => total + of(round), 0);
  const latency = (percent: number): Figure => {
    const ratios = pairs.map((pair) => {
      const [ours, theirs] = [pair.with, pair.without].map(({ stretches }) => latenciesOf(stretches).at(percent));
      return ours! / theirs!;
    });
    return {
      name: `send to receipt of the ${count.toLocaleString('en')} others, p${percent}`,
      unit: 'ms',
      ours: latenciesOf(rounds('with')).at(percent),
      floor: { name: 'when everybody reads', value: latenciesOf(rounds('without')).at(percent) },
      ratio: median(ratios),
      generatorCpu: median(rounds('with').map(({ cpu }) => cpu)),
    };
  };
  return [
    latency(50),
    { ...latency(99), bar: { of: 'ratio', atMost: bars.ratio } },
    {
      name: 'heap and buffers, more than when everybody reads',
      unit: 'MiB',
      ours: Math.max(...pairs.map((pair) => pair.with.heldBytes - pair.without.heldBytes)) / MiB,
      bar: { of: 'ours', atMost: bars.memoryMiB },
    },
    {
      name: 'not sent to the slow one when it was closed',
      unit: 'MiB',
      ours: Math.max(...slowness.map(({ behindBytes }) => behindBytes)) / MiB,
    },
    {
      name: `closed as resumable (${bars.closeCode})`,
      unit: `of ${pairs.length}`,
      ours: slowness.filter(({ closeCode }) => closeCode === bars.closeCode).length,
      bar: { of: 'ours', atLeast: pairs.length },
    },
    { name: 'sent again afterwards', unit: 'entries', ours: sum(({ sentAgain }) => sentAgain) },
    { name: 'paged over HTTP, where a gap or a head was named', unit: 'entries', ours: sum(({ paged }) => paged) },
    {
      name: 'lost or doubled in the end',
      unit: 'entries',
      ours: sum(({ wrong }) => wrong),
      bar: { of: 'ours', atMost: 0 },
    },
  ];
}

function plotsOf(pairs: readonly Pair[], count: number): Plot[] {
  const sides = [
    ['everybody reads', 'without'],
    ['one does not read', 'with'],
  ] as const;
  return [
    {
      title: `From a send to the ${count.toLocaleString('en')} others`,
      kind: 'latency',
      x: 'percentile',
      y: 'ms',
      series: sides.map(([name, side]) =>
        percentileSeries(
          name,
          pairs.flatMap((pair) => pair[side].stretches),
        ),
      ),
    },
  ];
}
