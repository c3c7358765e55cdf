import type { Bench, Figure, Plot, Setting } from './bench.js';
import { untilIndexed } from './fill.js';
import { highestRate } from './latency.js';
import { percentileSeries } from './latencies.js';
import type { TargetResult } from '../load/job.js';
import { postgresSettings } from './machine.js';
import { lowest, MemoryWatch, type Reading } from './memory.js';
import type { Person } from './person.js';
import { sendRequests } from './send-requests.js';
import { linearFit } from './statistics.js';
import { withSubject, type Subject } from './subject.js';

/** MiB a minute, by the straight line through the last two thirds. At 3,000 sends a second one MiB is 6 bytes a send. */
const bars = { heap: { of: 'ours', atMost: 1 }, rss: { of: 'ours', atMost: 4 } } as const;
const members = 8;
/** Long enough that a full garbage collection falls into each. */
const stretchSeconds = { quick: 15, full: 60 };

/** That memory stays flat: ten minutes of sends at half of the highest rate. */
export const soak: Bench = {
  name: 'soak',
  about: 'ten minutes of sends at half of the highest rate: memory of the server, every second',
  topologies: ['standalone', 'distributed'],
  run: (setting) => withSubject(setting.topology, (subject) => measure(setting, subject)),
};

async function measure(setting: Setting, subject: Subject) {
  setting.say('making people');
  const { people, chatId } = await subject.channel(members);
  const highest = await highestRate(setting, subject, () => sendRequests(people, [chatId]).requests);
  await untilIndexed(setting, subject);
  const watch = new MemoryWatch(subject);
  const results: TargetResult[] = [];
  const minutes = setting.quick ? 1 : 10;
  for (let minute = 1; minute <= minutes; minute++) {
    setting.say(`minute ${minute} of ${minutes} at ${Math.round(highest / 2)} sends a second`);
    results.push(await oneMinute(setting, subject, people, chatId, highest / 2));
  }
  const readings = watch.stop();
  const stretch = setting.quick ? stretchSeconds.quick : stretchSeconds.full;
  const figures: Figure[] = Object.keys(subject.metricsPorts).flatMap((process) => growth(readings, process, stretch));
  return {
    figures: [{ name: 'sends at half of the highest rate', unit: 'sends/s', ours: highest / 2 }, ...figures],
    plots: [...plotsOf(readings), latencyPlot(results)],
    notes: [
      `Growth is the slope of the straight line through the last two thirds; of the heap, through the lowest reading of every ${stretch} s, ` +
        'which is what is left after a garbage collection.',
    ],
    postgres: await postgresSettings(subject.admin),
  };
}

/** Everybody signs in anew each minute, as access tokens live ten. */
async function oneMinute(
  { generator }: Setting,
  { port }: Subject,
  people: readonly Person[],
  chatId: number,
  perSecond: number,
): Promise<TargetResult> {
  for (const person of people) await person.signInAgain();
  const targets = [{ name: 'send', port, status: 201, ...sendRequests(people, [chatId]) }];
  const job = { kind: 'open', targets, connections: 256, perSecond, warmUpSeconds: 1, seconds: 59 } as const;
  return (await generator.run(job)).targets[0]!;
}

function growth(readings: readonly Reading[], process: string, stretch: number): Figure[] {
  const end = readings.at(-1)?.seconds ?? 0;
  const own = readings.filter((reading) => reading.process === process && reading.seconds > end / 3);
  const heap = lowest(
    own.map(({ seconds, heap: value }) => [seconds, value]),
    stretch,
  );
  const rss = own.map(({ seconds, rss: value }) => [seconds, value] as const);
  const figure = (name: string, points: readonly (readonly [number, number])[], bar: Figure['bar']): Figure => ({
    name: `${process}, ${name}`,
    unit: 'MiB/min',
    ours: linearFit(points).slope * 60,
    ...(bar && { bar }),
  });
  return [figure('growth of the heap', heap, bars.heap), figure('growth of the resident memory', rss, bars.rss)];
}

function plotsOf(readings: readonly Reading[]): Plot[] {
  const processes = [...new Set(readings.map(({ process }) => process))];
  const series = (of: 'rss' | 'heap') =>
    processes.map((name) => ({
      name,
      points: readings
        .filter(({ process }) => process === name)
        .map((reading) => [reading.seconds, reading[of]] as const),
    }));
  const plot = (title: string, of: 'rss' | 'heap'): Plot => ({
    title,
    kind: 'time',
    x: 's',
    y: 'MiB',
    series: series(of),
  });
  return [plot('Resident memory during the soak', 'rss'), plot('Heap in use during the soak', 'heap')];
}

function latencyPlot(results: readonly TargetResult[]): Plot {
  const series = [percentileSeries('send', results)];
  return { title: 'Latency of a send during the soak', kind: 'latency', x: 'percentile', y: 'ms', series };
}
