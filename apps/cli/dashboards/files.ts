import { grafanaDashboard } from './grafana.js';
import { operator } from './operator.js';
import { services } from './services.js';

/** Every dashboard by the path of its file, as JSON on one line. */
export function dashboardFiles(): ReadonlyMap<string, string> {
  return new Map(
    [operator, ...services].map((dashboard) => [
      `deploy/monitoring/dashboards/${dashboard.name}.json`,
      JSON.stringify(grafanaDashboard(dashboard)),
    ]),
  );
}
