import { Module, type DynamicModule } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { defaultPool } from '#database/data-source.js';
import { DatabaseModule } from '#database/database.module.js';
import { CrashPoints } from '#service/crash-point.js';
import { AccessController } from './access/access.controller.js';
import { AccessRepository } from './access/access.repository.js';
import { AccessService } from './access/access.service.js';
import { HandOverWriter } from './access/hand-over.writer.js';
import { ChangeController } from './change/change.controller.js';
import { ChangeRepository } from './change/change.repository.js';
import { ChangeService } from './change/change.service.js';
import { MessageLock } from './change/message-lock.js';
import { ImportController } from './import/import.controller.js';
import { ImportRepository } from './import/import.repository.js';
import { ImportStatistics } from './import/import-statistics.js';
import { ImportService } from './import/import.service.js';
import { InboxController } from './inbox/inbox.controller.js';
import { InboxRepository } from './inbox/inbox.repository.js';
import { InboxService } from './inbox/inbox.service.js';
import { EntryWriter } from './log/entry-writer.js';
import { HeadRepository } from './log/head.repository.js';
import { HeadService } from './log/head.service.js';
import { LogController } from './log/log.controller.js';
import { LogRepository } from './log/log.repository.js';
import { LogService } from './log/log.service.js';
import { PlaceRepository } from './log/place.repository.js';
import { PlaceService } from './log/place.service.js';
import { MentionService } from './mention/mention.service.js';
import { GateMemory } from './gate/gate.memory.js';
import { GateRepository } from './gate/gate.repository.js';
import { GateService } from './gate/gate.service.js';
import type { MessageConfig } from './message.config.js';
import { messageDataSource } from './message.data-source.js';
import { LatestPages } from './page/latest-pages.js';
import { PageWarmer } from './page/page-warmer.js';
import { PageController } from './page/page.controller.js';
import { PageRepository } from './page/page.repository.js';
import { PageService } from './page/page.service.js';
import { PinController } from './pin/pin.controller.js';
import { PinRepository } from './pin/pin.repository.js';
import { PinService } from './pin/pin.service.js';
import { ReactionController } from './reaction/reaction.controller.js';
import { ReactionRepository } from './reaction/reaction.repository.js';
import { ReactionService } from './reaction/reaction.service.js';
import { ReadController } from './read/read.controller.js';
import { ReadRepository } from './read/read.repository.js';
import { ReadService } from './read/read.service.js';
import { ReceiptController } from './receipt/receipt.controller.js';
import { ReceiptRepository } from './receipt/receipt.repository.js';
import { ReceiptService } from './receipt/receipt.service.js';
import { sendLane } from './send/send.database.js';
import { SendController } from './send/send.controller.js';
import { SendQueue } from './send/send.queue.js';
import { SendRepository } from './send/send.repository.js';
import { SendService } from './send/send.service.js';
import { SenderService } from './sender/sender.service.js';
import { ThreadController } from './thread/thread.controller.js';
import { ThreadRepository } from './thread/thread.repository.js';
import { ThreadService } from './thread/thread.service.js';
import { ActivityCleaner } from './writer/activity-cleaner.js';
import { ActivityRepository } from './writer/activity.repository.js';
import { LogPublisher } from './writer/log-publisher.js';
import { LogWriter } from './writer/log-writer.repository.js';

const write = [
  SendRepository,
  SendQueue,
  SendService,
  ChangeRepository,
  ChangeService,
  ImportRepository,
  ImportService,
  ImportStatistics,
  MessageLock,
  EntryWriter,
  ReactionRepository,
  ReactionService,
  PinRepository,
  PinService,
  AccessRepository,
  AccessService,
  HandOverWriter,
  LogWriter,
  LogPublisher,
  ActivityRepository,
  ActivityCleaner,
  MentionService,
];
const read = [
  GateRepository,
  GateService,
  PageRepository,
  PageService,
  ThreadRepository,
  ThreadService,
  LatestPages,
  PageWarmer,
  LogRepository,
  LogService,
  HeadRepository,
  HeadService,
  PlaceRepository,
  PlaceService,
  InboxRepository,
  InboxService,
  ReadRepository,
  ReadService,
  SenderService,
  ReceiptRepository,
  ReceiptService,
];

/** The message service: the log of every chat and who may read and write it. */
@Module({})
export class MessageModule {
  static register(config: MessageConfig, bus: Bus): DynamicModule {
    const pool = { ...defaultPool, max: config.MESSAGE_POOL_MAX, prepared: config.DATABASE_PREPARED };
    return {
      module: MessageModule,
      imports: [DatabaseModule.register(config.DATABASE_URL, messageDataSource, pool, sendLane)],
      controllers: [
        SendController,
        ChangeController,
        ReactionController,
        PinController,
        ImportController,
        AccessController,
        PageController,
        ThreadController,
        LogController,
        InboxController,
        ReadController,
        ReceiptController,
      ],
      providers: [
        { provide: Bus, useValue: bus },
        { provide: GateMemory, useValue: new GateMemory(config.MESSAGE_SOLE_WRITER) },
        { provide: CrashPoints, useValue: new CrashPoints(config.FECHATTER_CRASH_AT) },
        ...write,
        ...read,
      ],
    };
  }
}
