import { ImportLine, ImportResult } from '../import.contract.js';
import { ofId } from './query.js';
import { route } from './route.js';

export const importApi = {
  run: route({
    method: 'POST',
    path: '/api/workspaces/{id}/import',
    summary: 'Import a history, one message a line',
    description:
      'A body of any length in NDJSON, a line at most 128 KiB; lines of one chat keep their order and their times. Each ' +
      '`chat` becomes a channel and each `sender` a placeholder user. A line that cannot be taken is counted and ' +
      'named, the others go in. Only owners of the workspace. With an `id` in each line repeating adds nothing twice. An ' +
      'import goes on when the access token expires; when the session ends, the counts so far are in the message of the ' +
      'error.',
    auth: 'user',
    limit: 'request',
    params: ofId,
    body: ImportLine,
    content: 'application/x-ndjson',
    status: 200,
    reply: ImportResult,
    errors: ['FORBIDDEN'],
  }),
} as const;
