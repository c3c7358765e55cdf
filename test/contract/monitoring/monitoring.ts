import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const folder = 'deploy/monitoring';

/** An expression that is shown or alerted on, and where it stands. */
export interface Expression {
  readonly where: string;
  readonly promql: string;
}

/** Every expression of a dashboard file, with a window where Grafana puts one. */
export function expressionsOf(file: string): Expression[] {
  const { panels } = JSON.parse(readFileSync(join(folder, 'dashboards', file), 'utf8')) as {
    readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
  };
  return panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({
      where: `${file}: ${title}`,
      promql: expr.replaceAll('$__rate_interval', '1m'),
    })),
  );
}

/** The files of the dashboards. */
export function dashboards(): string[] {
  return readdirSync(join(folder, 'dashboards'));
}

/** The expression of every alert. */
export function alerts(): Expression[] {
  const rules = readFileSync(join(folder, 'alerts.yml'), 'utf8');
  return [...rules.matchAll(/- alert: (\w+)\n +expr: (?:>-\n)?([\s\S]*?)\n +for:/g)].map(
    ([, where = '', promql = '']) => ({ where, promql }),
  );
}
