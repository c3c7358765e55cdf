import { z } from 'zod';
import { ReceiptPage } from '../receipt.contract.js';
import { ofId, paging } from './query.js';
import { route } from './route.js';

export const receiptsApi = {
  list: route({
    method: 'GET',
    path: '/api/chats/{id}/receipts',
    summary: 'List how far the members of a chat have received and read it',
    auth: 'user',
    limit: 'request',
    params: ofId,
    query: z.strictObject(paging(100, 1000)),
    status: 200,
    reply: ReceiptPage,
  }),
} as const;
