import { z } from 'zod';
import { route } from './route.js';

export const ServerHealth = z
  .strictObject({ status: z.literal('ok'), version: z.string(), uptime_seconds: z.int().min(0) })
  .meta({ id: 'ServerHealth' });

export const systemApi = {
  health: route({
    method: 'GET',
    path: '/api/health',
    summary: 'Whether the server answers, and which version it is',
    auth: 'none',
    limit: 'none',
    status: 200,
    reply: ServerHealth,
  }),
  openapi: route({
    method: 'GET',
    path: '/api/openapi.json',
    summary: 'This document',
    auth: 'none',
    limit: 'none',
    status: 200,
    reply: z.looseObject({ openapi: z.string() }),
    etag: true,
  }),
} as const;
