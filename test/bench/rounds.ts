import type { ClosedLoop, JobResult, Target, TargetResult } from '../load/job.js';
import type { Figure, Plot, Setting } from './bench.js';
import { median, medianInterval } from './statistics.js';

/** One of the things that are compared. */
export interface Side {
  readonly name: string;
  measure(): Promise<Measured>;
  /** Waits after each measurement for work that it has left behind, which would slow down the next side. */
  settle?(): Promise<void>;
}

export interface Measured {
  readonly perSecond: number;
  /** What the load generator saw; absent where it was not needed. */
  readonly load?: JobResult;
}

export type Rounds = ReadonlyMap<string, readonly Measured[]>;

/** The sides take turns, forth and back, so that what else the machine does hits all of them. */
export async function takeTurns(
  { quick, say }: Setting,
  what: string,
  sides: readonly Side[],
  rounds = quick ? 2 : 3,
): Promise<Rounds> {
  const found = new Map(sides.map(({ name }) => [name, [] as Measured[]]));
  for (let round = 1; round <= rounds; round++) {
    for (const side of round % 2 === 1 ? sides : [...sides].reverse()) {
      say(`${what}, round ${round} of ${rounds}: ${side.name}`);
      found.get(side.name)!.push(await side.measure());
      await side.settle?.();
    }
  }
  return found;
}

/** How long one side of a round is measured. */
export function roundSeconds({ quick }: Pick<Setting, 'quick'>): { warmUpSeconds: number; seconds: number } {
  return quick ? { warmUpSeconds: 1, seconds: 2 } : { warmUpSeconds: 2, seconds: 5 };
}

/**
 * A side that is loaded over HTTP in a closed loop, by 64 connections unless it is said otherwise. An answer counts as
 * `each` things. `check` throws for an answer that is wrong.
 */
export function httpSide(
  setting: Setting,
  name: string,
  target: () => Omit<Target, 'name'>,
  check: (body: string) => void = () => undefined,
  { connections = 64, each = 1, span = roundSeconds(setting) } = {},
): Side {
  const measure = async () => {
    const targets = [{ name, ...target() }];
    const job: ClosedLoop = { kind: 'closed', targets, connections, ...span };
    const load = await setting.generator.run(job);
    for (const body of load.targets.flatMap(({ samples }) => samples)) check(body);
    return { perSecond: (answered(load) * each) / load.seconds, load };
  };
  return { name, measure };
}

export function answered(load: JobResult): number {
  return load.targets.reduce((sum, target) => sum + target.answered, 0);
}

/** Ours against one of the floors: medians of the rounds, and the median of the rounds' ratios with its interval. */
export function compare(
  rounds: Rounds,
  ours: string,
  floor: string,
): Pick<Figure, 'ours' | 'floor' | 'ratio' | 'interval' | 'generatorCpu'> {
  const [mine, theirs] = [rounds.get(ours)!, rounds.get(floor)!];
  const ratios = mine.map(({ perSecond }, round) => perSecond / theirs[round]!.perSecond);
  const interval = medianInterval(ratios);
  return {
    ours: median(mine.map(({ perSecond }) => perSecond)),
    floor: { name: floor, value: median(theirs.map(({ perSecond }) => perSecond)), ...cpuOf(theirs) },
    ratio: median(ratios),
    ...(interval !== undefined && { interval }),
    ...cpuOf(mine),
  };
}

function cpuOf(rounds: readonly Measured[]): { generatorCpu?: number } {
  const shares = rounds.flatMap(({ load }) => (load === undefined ? [] : [load.generatorCpu]));
  return shares.length === 0 ? {} : { generatorCpu: median(shares) };
}

/** What the load generator saw of a side in all rounds. */
export function resultsOf(rounds: Rounds, side: string): TargetResult[] {
  return rounds.get(side)!.flatMap(({ load }) => load?.targets ?? []);
}

/** Answers a second over the measured time, round after round. */
export function overTime(rounds: Rounds, side: string): Plot['series'][number] {
  const counts = resultsOf(rounds, side).flatMap(({ perSecond }) => perSecond);
  return { name: side, points: counts.map((count, second) => [second, count] as const) };
}
