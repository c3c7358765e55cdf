import { Module } from '@nestjs/common';
import { Commands } from './connection/commands.js';
import { Connections } from './connection/connections.js';
import { DeliveryMarks } from './delivery/delivery-marks.js';
import { EventController } from './transport/event.controller.js';
import { EventStreamService } from './transport/event-stream.service.js';
import { HeadComparison } from './delivery/head-comparison.js';
import { Hub } from './delivery/hub.js';
import { InboxSource } from './delivery/inbox-source.js';
import { LogSource } from './delivery/log-source.js';
import { PresenceReader } from './presence/presence-reader.js';
import { PresenceService } from './presence/presence.service.js';
import { SignIn } from './connection/sign-in.js';
import { Strangers } from './connection/strangers.js';
import { TypingService } from './presence/typing.service.js';
import { WebSocketServer } from './transport/websocket.server.js';

/** Live delivery over WebSocket and SSE, on one core. */
@Module({
  controllers: [EventController],
  providers: [
    LogSource,
    InboxSource,
    Hub,
    HeadComparison,
    Connections,
    DeliveryMarks,
    TypingService,
    PresenceService,
    { provide: PresenceReader, useExisting: PresenceService },
    Commands,
    SignIn,
    Strangers,
    WebSocketServer,
    EventStreamService,
  ],
  exports: [TypingService, PresenceReader],
})
export class RealtimeModule {}
