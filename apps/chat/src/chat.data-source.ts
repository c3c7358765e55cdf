import type { ServiceDataSource } from '#database/data-source.js';
import { ChatInitial1700000000001 } from '#migrations/chat/0001-initial.js';
import { ChatNameSearch1700000000002 } from '#migrations/chat/0002-name-search.js';
import { ChatMaintenance1700000000003 } from '#migrations/chat/0003-maintenance.js';
import { ChatsOfCreator1700000000004 } from '#migrations/chat/0004-chats-of-creator.js';
import { ChatEntity } from './chat/chat.entity.js';
import { OutboxEntity } from './hand-over/outbox.entity.js';
import { InviteEntity } from './invite/invite.entity.js';
import { ChatMemberEntity } from './member/chat-member.entity.js';
import { WorkspaceUserEntity } from './workspace/workspace-user.entity.js';
import { WorkspaceEntity } from './workspace/workspace.entity.js';

/** The chat service's part of the database. */
export const chatDataSource = {
  schema: 'chat',
  entities: [WorkspaceEntity, WorkspaceUserEntity, InviteEntity, ChatEntity, ChatMemberEntity, OutboxEntity],
  migrations: [
    ChatInitial1700000000001,
    ChatNameSearch1700000000002,
    ChatMaintenance1700000000003,
    ChatsOfCreator1700000000004,
  ],
} satisfies ServiceDataSource;
