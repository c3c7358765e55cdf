import { writeFile } from 'node:fs/promises';
import { openApiDocument } from '#contracts/http/openapi.js';
import { routes } from '#contracts/http/routes.js';
import { runCommand } from './command.js';

const usage = `npm run contracts

Writes the OpenAPI document, apps/gateway/openapi.json, from the route tables of libs/contracts. It is committed, so that
a review sees the interface change. A test compares: commit what changes.`;

const file = 'apps/gateway/openapi.json';

await runCommand(usage, {}, async () => {
  await writeFile(file, `${JSON.stringify(openApiDocument(routes), null, 2)}\n`);
  process.stdout.write(`${file} is written\n`);
  return 0;
});
