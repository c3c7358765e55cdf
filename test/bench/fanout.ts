import { withCrowd } from '../load/crowd/crowd.js';
import type { FanOutResult } from '../load/crowd/orders.js';
import type { Bench, Figure, Plot, Setting } from './bench.js';
import { inspected, type CollectedMemory } from './collected-memory.js';
import { admitCrowd } from './crowd-people.js';
import { crowdsTakeTurns, type CrowdSide } from './crowd-sides.js';
import { untilIndexed } from './fill.js';
import { withFloor } from './floor/process.js';
import { percentileSeries } from './latencies.js';
import { postgresSettings } from './machine.js';
import { sampleFrame, socketSends } from './socket-sends.js';
import { median, percentile } from './statistics.js';
import { withSubject, type Subject } from './subject.js';

const bars = {
  last: { of: 'ours', atMost: 400 },
  rate: { of: 'ratio', atLeast: 0.7 },
  memory: { of: 'ours', atMost: 20 },
} as const;
const [ours, bare] = ['Fechatter', 'bare ws, the same bytes framed once'];
const KiB = 1024;

/** One message to very many sockets, each of another member of one chat. */
export const fanout: Bench = {
  name: 'fanout',
  about: 'one message to 10,000 sockets in one chat, against a bare ws broadcast of the same bytes; memory per socket',
  topologies: ['standalone', 'distributed'],
  run: (setting) => withSubject(setting.topology, (subject) => measure(setting, subject), inspected()),
};

type Side = CrowdSide<'fan-out'>;

async function measure(setting: Setting, subject: Subject) {
  const count = setting.quick ? 1_000 : 10_000;
  setting.say(`making ${count} people`);
  const owner = await subject.register('owner');
  const chatId = await owner.createChannel('crowd', [owner]);
  const tokens = await admitCrowd(subject, owner, chatId, count);
  await untilIndexed(setting, subject);
  const sample = await sampleFrame(owner, chatId);
  const { texts, contents } = socketSends(chatId);

  return withFloor('broadcast', async (floor) => {
    await floor.serve(sample);
    const before = { ours: await subject.gatewayMemory(), bare: await floor.collectedMemory() };
    setting.say(`opening ${count} sockets to each of the two servers`);
    return withCrowd({ port: floor.port, path: '/', count, chatId }, (theirs) =>
      withCrowd({ port: subject.port, path: '/ws', tokens, chatId }, async (mine) => {
        const sides: [Side, Side] = [
          { name: ours, port: subject.port, crowd: mine, texts, rounds: [] },
          { name: bare, port: floor.port, crowd: theirs, texts: contents, rounds: [] },
        ];
        const [rounds, messages] = setting.quick ? [2, 10] : [4, 25];
        await crowdsTakeTurns(setting, sides, rounds, (said) => ({
          kind: 'fan-out',
          texts: said,
          warmUp: 3,
          messages,
        }));
        const after = { ours: await subject.gatewayMemory(), bare: await floor.collectedMemory() };
        const perSocket = (of: keyof CollectedMemory) => {
          const [high, low] = (['ours', 'bare'] as const).map(
            (side) => (after[side][of] - before[side][of]) / count / KiB,
          );
          return { ours: high! - low!, high: high!, low: low! };
        };
        return {
          figures: figuresOf(sides, count, perSocket('held'), perSocket('resident')),
          plots: plotsOf(sides, count),
          notes: [
            `A frame has ${Buffer.byteLength(sample).toLocaleString('en')} bytes. The time counts from the send of one of the sockets until ` +
              'the last of all has the message, commit included; the next is sent when the last has been reached.',
            'Memory is what the process that holds the connections has more after a full garbage collection than before they were opened.',
          ],
          postgres: await postgresSettings(subject.admin),
        };
      }),
    );
  });
}

interface PerSocket {
  readonly ours: number;
  readonly high: number;
  readonly low: number;
}

function figuresOf([own, floor]: [Side, Side], count: number, held: PerSocket, resident: PerSocket): Figure[] {
  const reached = ({ rounds }: Side) => rounds.flatMap(({ reachedMs }) => reachedMs);
  const rate = ({ reachedMs }: FanOutResult) =>
    (count * reachedMs.length * 1000) / reachedMs.reduce((sum, ms) => sum + ms, 0);
  const cpu = ({ rounds }: Side) => median(rounds.map((round) => round.cpu));
  const last = (share: number): Figure => {
    const [mine, theirs] = [own, floor].map((side) => percentile(reached(side), share / 100)) as [number, number];
    const name = `one message to ${count.toLocaleString('en')} sockets, the last reached, p${share}`;
    return { name, unit: 'ms', ours: mine, floor: { name: bare, value: theirs }, ratio: mine / theirs, bar: bars.last };
  };
  const memory = (name: string, { ours: more, high, low }: PerSocket): Figure => ({
    name: `${name} of an idle connection above bare ws (${high.toFixed(1)} − ${low.toFixed(1)})`,
    unit: 'KiB',
    ours: more,
    bar: bars.memory,
  });
  return [
    last(50),
    last(95),
    {
      name: 'deliveries',
      unit: 'frames/s',
      ours: median(own.rounds.map(rate)),
      floor: { name: bare, value: median(floor.rounds.map(rate)), generatorCpu: cpu(floor) },
      ratio: median(own.rounds.map((round, at) => rate(round) / rate(floor.rounds[at]!))),
      bar: bars.rate,
      generatorCpu: cpu(own),
    },
    memory('heap and buffers', held),
    memory('resident memory', resident),
  ];
}

function plotsOf(sides: readonly Side[], count: number): Plot[] {
  return [
    {
      title: `From the send of a message until a share of ${count.toLocaleString('en')} sockets has it`,
      kind: 'latency',
      x: '% of the sockets',
      y: 'ms',
      series: sides.map(({ name, rounds }) => percentileSeries(name, rounds)),
    },
  ];
}
