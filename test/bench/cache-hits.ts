import type { Figure, Setting } from './bench.js';
import { mixOf } from './mix.js';
import { withSubject, type Subject } from './subject.js';

interface Counts {
  hits: number;
  misses: number;
}

/** How much of what is asked for the caches have, while a team does what it does all day. */
export function hits(setting: Setting): Promise<Figure[]> {
  return withSubject('standalone', async (subject) => {
    const { targets } = await mixOf(setting, subject);
    const before = await countsOf(subject);
    setting.say('the mix');
    const seconds = setting.quick ? 3 : 20;
    await setting.generator.run({
      kind: 'open',
      targets,
      connections: 64,
      perSecond: 1_000,
      warmUpSeconds: 0,
      seconds,
    });
    return [...(await countsOf(subject))].map(([pattern, after]) => {
      const then = before.get(pattern) ?? { hits: 0, misses: 0 };
      const [found, missed] = [after.hits - then.hits, after.misses - then.misses];
      return { name: `${pattern}, found under the mix`, unit: '%', ours: (100 * found) / (found + missed) };
    });
  });
}

/** What the server has counted, by pattern. */
async function countsOf({ metricsPorts }: Subject): Promise<Map<string, Counts>> {
  const answer = await fetch(`http://127.0.0.1:${metricsPorts.standalone}/metrics`);
  const found = new Map<string, Counts>();
  for (const [, kind, pattern, count] of (await answer.text()).matchAll(
    /^cache_(hits|misses)\{pattern="(\w+)".*\} (\d+)$/gm,
  )) {
    const counts = found.get(pattern as string) ?? { hits: 0, misses: 0 };
    counts[kind as keyof Counts] += Number(count);
    found.set(pattern as string, counts);
  }
  return found;
}
