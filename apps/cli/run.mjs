// Runs one of the built commands (`npm run bus`, …) on any clone: installs and builds what is missing first.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare } from './prepare.mjs';

const commands = {
  bench: 'apps/cli/bench.js',
  bus: 'apps/cli/bus.js',
  config: 'apps/cli/configuration.js',
  contracts: 'apps/cli/contracts.js',
  dashboards: 'apps/cli/dashboards.js',
  'db-advise': 'apps/cli/advise/main.js',
  'db-explain': 'apps/cli/explain/main.js',
  'db-prepare': 'apps/cli/db-prepare.js',
  import: 'apps/cli/import/main.js',
  'load-plan': 'test/load/plan.js',
  migrate: 'apps/cli/migrate.js',
  profile: 'apps/cli/profile.js',
  queries: 'apps/cli/queries/main.js',
  'search-reindex': 'apps/cli/search/reindex.js',
  'search-verify': 'apps/cli/search/verify.js',
};

const [name, ...args] = process.argv.slice(2);
if (!Object.hasOwn(commands, name ?? '')) {
  console.error(`node apps/cli/run.mjs COMMAND …\n\nCOMMAND is one of: ${Object.keys(commands).join(', ')}`);
  process.exit(2);
}
await prepare();
const script = join(process.cwd(), 'dist', commands[name]);
// As if the command had been started by its own name.
process.argv.splice(1, process.argv.length, script, ...args);
await import(pathToFileURL(script).href);
