import { Module } from '@nestjs/common';
import { Commands } from './commands.js';
import { Connections } from './connections.js';
import { DeliveryMarks } from './delivery-marks.js';
import { EventController } from './event.controller.js';
import { EventStreamService } from './event-stream.service.js';
import { HeadComparison } from './head-comparison.js';
import { Hub } from './hub.js';
import { InboxSource } from './inbox-source.js';
import { LogSource } from './log-source.js';
import { PresenceReader } from './presence-reader.js';
import { PresenceService } from './presence.service.js';
import { SignIn } from './sign-in.js';
import { Strangers } from './strangers.js';
import { TypingService } from './typing.service.js';
import { WebSocketServer } from './websocket.server.js';

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
