import { Module, type DynamicModule } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { defaultPool } from '#database/data-source.js';
import { DatabaseModule } from '#database/database.module.js';
import { CrashPoints } from '#service/crash-point.js';
import type { ChatConfig } from './chat.config.js';
import { chatDataSource } from './chat.data-source.js';
import { ChatChangeService } from './chat/chat-change.service.js';
import { ChatCreationRepository } from './chat/chat-creation.repository.js';
import { ChatCreationService } from './chat/chat-creation.service.js';
import { ChatSettingsService } from './chat/chat-settings.service.js';
import { ChatWriter } from './chat/chat-writer.repository.js';
import { ChatController } from './chat/chat.controller.js';
import { ChatRepository } from './chat/chat.repository.js';
import { ChatService } from './chat/chat.service.js';
import { DirectService } from './chat/direct.service.js';
import { HandOverLoop } from './hand-over/hand-over.loop.js';
import { HandOverService } from './hand-over/hand-over.service.js';
import { OutboxRepository } from './hand-over/outbox.repository.js';
import { ImportController } from './import/import.controller.js';
import { ImportService } from './import/import.service.js';
import { PlaceholderService } from './import/placeholder.service.js';
import { AdmissionRepository } from './invite/admission.repository.js';
import { AdmissionService } from './invite/admission.service.js';
import { InviteController } from './invite/invite.controller.js';
import { InviteRepository } from './invite/invite.repository.js';
import { InviteService } from './invite/invite.service.js';
import { MemberController } from './member/member.controller.js';
import { MemberRepository } from './member/member.repository.js';
import { MemberService } from './member/member.service.js';
import { DeletionRepository } from './workspace/deletion.repository.js';
import { DeletionService } from './workspace/deletion.service.js';
import { RemovalRepository } from './workspace/removal.repository.js';
import { RemovalService } from './workspace/removal.service.js';
import { WorkspaceMemberController } from './workspace/workspace-member.controller.js';
import { WorkspaceMemberService } from './workspace/workspace-member.service.js';
import { WorkspaceUserRepository } from './workspace/workspace-user.repository.js';
import { WorkspaceController } from './workspace/workspace.controller.js';
import { WorkspaceLoop } from './workspace/workspace.loop.js';
import { WorkspaceRepository } from './workspace/workspace.repository.js';
import { WorkspaceService } from './workspace/workspace.service.js';

const chats = [
  ChatRepository,
  ChatWriter,
  ChatCreationRepository,
  MemberRepository,
  ChatService,
  ChatChangeService,
  ChatCreationService,
  ChatSettingsService,
  DirectService,
  MemberService,
];
const workspaces = [
  WorkspaceRepository,
  WorkspaceUserRepository,
  RemovalRepository,
  DeletionRepository,
  WorkspaceService,
  WorkspaceMemberService,
  RemovalService,
  DeletionService,
  WorkspaceLoop,
];
const invites = [InviteRepository, InviteService, AdmissionRepository, AdmissionService];
const imports = [ImportService, PlaceholderService];
const handOver = [OutboxRepository, HandOverService, HandOverLoop];

/** The chat service: workspaces, chats, and who belongs where in which role. */
@Module({})
export class ChatModule {
  static register(config: ChatConfig, bus: Bus): DynamicModule {
    const pool = { ...defaultPool, max: config.CHAT_POOL_MAX, prepared: config.DATABASE_PREPARED };
    return {
      module: ChatModule,
      imports: [DatabaseModule.register(config.DATABASE_URL, chatDataSource, pool)],
      controllers: [
        WorkspaceController,
        WorkspaceMemberController,
        InviteController,
        ChatController,
        MemberController,
        ImportController,
      ],
      providers: [
        { provide: Bus, useValue: bus },
        { provide: CrashPoints, useValue: new CrashPoints(config.FECHATTER_CRASH_AT) },
        ...chats,
        ...workspaces,
        ...invites,
        ...imports,
        ...handOver,
      ],
    };
  }
}
