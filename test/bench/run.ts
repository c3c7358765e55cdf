import { Generator } from '../load/generator.js';
import type { Bench, Findings, Topology } from './bench.js';
import { loadAverage, thisMachine, type Machine } from './machine.js';

/** One bench on one topology, as it is written to JSON. */
export interface Result extends Findings {
  readonly bench: string;
  readonly topology: Topology;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly startedAt: string;
  readonly tookSeconds: number;
  /** Before and after. */
  readonly loadAverage: readonly [number, number];
}

/** Runs a bench with a load generator of its own. */
export async function runBench(
  bench: Bench,
  topology: Topology,
  quick: boolean,
  say: (what: string) => void,
): Promise<Result> {
  const [startedAt, started, loadBefore] = [new Date().toISOString(), performance.now(), loadAverage()];
  const generator = Generator.start();
  try {
    const findings = await bench.run({ topology, quick, generator, say });
    const tookSeconds = Math.round((performance.now() - started) / 1000);
    const loads = [loadBefore, loadAverage()] as const;
    const { name } = bench;
    return {
      bench: name,
      topology,
      quick,
      machine: thisMachine(),
      startedAt,
      tookSeconds,
      loadAverage: loads,
      ...findings,
    };
  } finally {
    await generator.stop();
  }
}
