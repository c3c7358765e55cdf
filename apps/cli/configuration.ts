import { runCommand } from './command.js';
import { configurationPage, pagePath } from './configuration/page.js';
import { writeFormatted } from './written-file.js';

const usage = `npm run config

Writes ${pagePath}: every variable that the apps and the launchers read, with its default, from the schemas
that read them. A test compares: commit what changes.`;

await runCommand(usage, {}, async () => {
  await writeFormatted(pagePath, configurationPage());
  process.stdout.write(`${pagePath} is written\n`);
  return 0;
});
