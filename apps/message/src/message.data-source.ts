import type { ServiceDataSource } from '#database/data-source.js';
import { MessageInitial1700000000001 } from '#migrations/message/0001-initial.js';
import { MessageFlush1700000000002 } from '#migrations/message/0002-flush-messages.js';
import { MessageThreads1700000000003 } from '#migrations/message/0003-threads-and-batches.js';
import { MessageReactionsAndPins1700000000004 } from '#migrations/message/0004-reactions-and-pins.js';
import { MessageBoundedReads1700000000005 } from '#migrations/message/0005-bounded-reads.js';
import { MessageMaintenance1700000000006 } from '#migrations/message/0006-maintenance.js';
import { MessageFlushOne1700000000007 } from '#migrations/message/0007-flush-message.js';
import { ChatAccessEntity } from './access/chat-access.entity.js';
import { InboxHeadEntity } from './access/inbox-head.entity.js';
import { WorkspaceDenialEntity } from './access/workspace-denial.entity.js';
import { ImportKeyEntity } from './import/import-key.entity.js';
import { LogEpochEntity } from './log/log-epoch.entity.js';
import { PinEntity } from './pin/pin.entity.js';
import { ReactionEntity } from './reaction/reaction.entity.js';
import { MessageStatusEntity } from './read/message-status.entity.js';
import { ChatActivityEntity } from './writer/chat-activity.entity.js';
import { ChatHeadEntity } from './writer/chat-head.entity.js';
import { MessageEntity } from './writer/message.entity.js';
import { MessageChangeEntity } from './writer/message-change.entity.js';

/** The message service's part of the database. `mentions` is not an entity: TypeORM wants a primary key. */
export const messageDataSource = {
  schema: 'message',
  entities: [
    ChatHeadEntity,
    ChatActivityEntity,
    MessageEntity,
    MessageChangeEntity,
    ChatAccessEntity,
    WorkspaceDenialEntity,
    InboxHeadEntity,
    MessageStatusEntity,
    ReactionEntity,
    PinEntity,
    ImportKeyEntity,
    LogEpochEntity,
  ],
  migrations: [
    MessageInitial1700000000001,
    MessageFlush1700000000002,
    MessageThreads1700000000003,
    MessageReactionsAndPins1700000000004,
    MessageBoundedReads1700000000005,
    MessageMaintenance1700000000006,
    MessageFlushOne1700000000007,
  ],
} satisfies ServiceDataSource;
