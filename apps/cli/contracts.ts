import { writeFile } from 'node:fs/promises';
import { openApiDocument } from '#contracts/http/openapi.js';
import { routes } from '#contracts/http/routes.js';

/** Writes the OpenAPI document that is committed, so that a reviewer sees the interface change. */
await writeFile('apps/gateway/openapi.json', `${JSON.stringify(openApiDocument(routes), null, 2)}\n`);
