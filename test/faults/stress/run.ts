import { Random } from '#testing/random.js';
import { commands } from './commands.js';
import { delivery } from './delivery.js';
import { entry } from './entry.js';
import { frames } from './frames.js';
import { expectNoMore, heldByGateways, heldByProcess } from './leaks.js';
import type { Scenario } from './scenario.js';
import { storms } from './storms.js';
import { World } from './world.js';

/** Run together, as they wait more than they work. */
const atOnce = 6;
const limitMs = 60_000;

export const scenarios: readonly Scenario[] = [...storms, ...delivery, ...commands, ...entry, ...frames];

export interface Outcome {
  readonly name: string;
  readonly ms: number;
  /** Why it failed. */
  readonly error?: unknown;
}

/** Runs scenarios, those that want to be alone last; the last outcomes tell whether anything was left behind. */
export async function runScenarios(
  chosen: readonly Scenario[],
  seed: number,
  onOutcome: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const attempt = async (name: string, run: () => Promise<void>) => {
    const outcome = await outcomeOf(name, run);
    outcomes.push(outcome);
    onOutcome(outcome);
  };
  const atFirst = await heldByProcess();
  const world = await World.build();
  const random = new Random(seed);
  const perform = (scenario: Scenario) =>
    attempt(scenario.name, () => scenario.run(world, random.fork(scenarios.indexOf(scenario))));
  const quiet = await heldByGateways(world);
  const waiting = chosen.filter(({ isAlone }) => isAlone !== true);
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await perform(next);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  for (const scenario of chosen.filter(({ isAlone }) => isAlone === true)) await perform(scenario);
  await attempt('the gateways hold nothing for connections that have ended', () =>
    expectNoMore(quiet, () => heldByGateways(world)),
  );
  await world.close();
  await attempt('the process holds nothing once all is closed', () => expectNoMore(atFirst, heldByProcess));
  return outcomes;
}

async function outcomeOf(name: string, run: () => Promise<void>): Promise<Outcome> {
  const started = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It is not done after ${limitMs / 1_000} s`)), limitMs).unref();
  });
  try {
    await Promise.race([run(), late]);
    return { name, ms: performance.now() - started };
  } catch (error) {
    return { name, ms: performance.now() - started, error };
  } finally {
    clearTimeout(timer);
  }
}
