import { Controller, Get, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { fromZodError } from '#contracts/error.js';
import { EventStreamService } from './event-stream.service.js';

const Query = z.strictObject({ ticket: z.string().max(512).optional(), last_event_id: z.string().max(64).optional() });

@Controller()
export class EventController {
  constructor(private readonly streams: EventStreamService) {}

  @Get('/api/events')
  @RouteConfig({ isStream: true })
  async events(@Req() { headers, query, ip }: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const parsed = Query.safeParse(query);
    if (!parsed.success) throw fromZodError(parsed.error);
    const lastEventId = headers['last-event-id'] ?? parsed.data.last_event_id;
    await this.streams.open(
      {
        token: /^Bearer ([\w.~+/-]+=*)$/i.exec(headers.authorization ?? '')?.[1],
        ticket: parsed.data.ticket,
        address: ip,
        lastEventId: lastEventId === undefined || lastEventId === '' ? undefined : String(lastEventId),
      },
      reply,
    );
  }
}
