import { z } from 'zod';
import { text } from '../scalar.js';
import { route } from './route.js';

export const BatchOperation = z
  .strictObject({
    method: z.enum(['GET', 'POST', 'PUT', 'DELETE']),
    path: text(1, 4096).describe('With its query: `/api/messages?chat_id=7`'),
    body: z.json().optional(),
  })
  .meta({ id: 'BatchOperation' });
export type BatchOperation = z.infer<typeof BatchOperation>;

export const Batch = z.strictObject({ operations: z.array(BatchOperation).min(1).max(50) }).meta({ id: 'Batch' });

export const BatchResult = z.strictObject({ status: z.int(), body: z.json() }).meta({ id: 'BatchResult' });
export type BatchResult = z.infer<typeof BatchResult>;

export const batchApi = {
  run: route({
    method: 'POST',
    path: '/api/batch',
    summary: 'Do up to 50 operations of this document one after another',
    description:
      'Each is done and answered as if it came alone: with its own status, checks and limits, under the token of the ' +
      'request; the batch itself counts as one request besides. A failure does not stop those that follow. Operations ' +
      'that are not begun because the answers are over 1 MiB together, or the time of the request is over, get 503. ' +
      'An import and another batch of operations cannot be part of it; then nothing is done, and the error names them.',
    auth: 'user',
    limit: 'request',
    maxBodyBytes: 512 * 1024,
    body: Batch,
    status: 200,
    reply: z
      .strictObject({ results: z.array(BatchResult).describe('In the order of the operations') })
      .meta({ id: 'BatchResults' }),
  }),
} as const;
