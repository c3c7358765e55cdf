import type { ServiceDataSource } from '#database/data-source.js';
import { MessageInitial1700000000001 } from '#migrations/message/0001-initial.js';
import { MessageFlush1700000000002 } from '#migrations/message/0002-flush-messages.js';
import { MessageBoundedReads1700000000005 } from '#migrations/message/0005-bounded-reads.js';
import { ChatAccessEntity } from './access/chat-access.entity.js';
import { InboxHeadEntity } from './access/inbox-head.entity.js';
import { WorkspaceDenialEntity } from './access/workspace-denial.entity.js';
import { ImportKeyEntity } from './import/import-key.entity.js';
import { LogEpochEntity } from './log/log-epoch.entity.js';
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
    ImportKeyEntity,
    LogEpochEntity,
  ],
  migrations: [MessageInitial1700000000001, MessageFlush1700000000002, MessageBoundedReads1700000000005],
} satisfies ServiceDataSource;
