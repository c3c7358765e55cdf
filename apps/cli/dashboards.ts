import { runCommand } from './command.js';
import { dashboardFiles } from './dashboards/files.js';
import { writeFormatted } from './written-file.js';

const usage = `npm run dashboards

Writes the dashboards of deploy/monitoring from their description in apps/cli/dashboards. They are committed, so that a
review sees them change. A test compares: commit what changes.`;

await runCommand(usage, {}, async () => {
  const files = dashboardFiles();
  for (const [path, text] of files) await writeFormatted(path, text);
  process.stdout.write(`${files.size} dashboards\n`);
  return 0;
});
