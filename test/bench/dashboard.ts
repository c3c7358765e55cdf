import { readFileSync } from 'node:fs';
import { withCrowd } from '../load/crowd/crowd.js';
import type { Bench, Setting } from './bench.js';
import { mixOf } from './mix.js';
import { withSubject, type Subject } from './subject.js';
import { watched, type GrafanaPanel } from './watch.js';

const file = 'deploy/monitoring/dashboards/operator.json';
/** Of the highest rate, one after the other. */
const shares = [0.2, 0.5, 0.8];

/** What the operator's page shows of a day in a large team. */
export const dashboard: Bench = {
  name: 'dashboard',
  about: "the operator's dashboard, from a Prometheus that watches the mix at 20, 50 and 80 % of the highest rate",
  topologies: ['distributed'],
  run: (setting) => withSubject(setting.topology, (subject) => watch(setting, subject)),
};

async function watch(setting: Setting, subject: Subject) {
  const { panels } = JSON.parse(readFileSync(file, 'utf8')) as { panels: readonly GrafanaPanel[] };
  const { targets, people, chatId } = await mixOf(setting, subject);
  setting.say('highest rate');
  const span = { warmUpSeconds: 2, seconds: setting.quick ? 3 : 10 };
  const highest = await setting.generator.run({ kind: 'closed', targets, connections: 64, ...span });
  const mostPerSecond = highest.targets.reduce((sum, { answered }) => sum + answered, 0) / highest.seconds;
  const seconds = setting.quick ? 4 : 24;
  const tokens = people.map(({ token }) => token);
  const plots = await watched(subject, panels, () =>
    withCrowd({ port: subject.port, path: '/ws', tokens, chatId }, async () => {
      for (const share of shares) {
        const perSecond = Math.round(mostPerSecond * share);
        setting.say(`${perSecond} actions a second`);
        const job = { kind: 'open', targets, connections: 256, perSecond, warmUpSeconds: 0, seconds } as const;
        await setting.generator.run(job);
      }
    }),
  );
  return {
    figures: [{ name: 'highest rate of actions', unit: 'requests/s', ours: mostPerSecond }],
    plots,
    notes: [
      `${shares.map((share) => Math.round(share * mostPerSecond)).join(', ')} actions a second, ${seconds} s each, and ` +
        `${tokens.length} people who listen. Scraped once a second; rates over five.`,
    ],
  };
}
