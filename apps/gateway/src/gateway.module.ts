import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { HealthModule } from '#health/health.module.js';
import type { GatewayParts } from './gateway-parts.js';
import { AuthController } from './http/auth.controller.js';
import { BatchController } from './http/batch.controller.js';
import { ChatList } from './http/chat-list.js';
import { ChatMemberController } from './http/chat-member.controller.js';
import { ChatController } from './http/chat.controller.js';
import { DocsController } from './http/docs.controller.js';
import { ErrorFilter } from './http/server/error.filter.js';
import { ImportStream } from './http/import-stream.js';
import { ImportController } from './http/import.controller.js';
import { InviteController } from './http/invite.controller.js';
import { MessageController } from './http/message.controller.js';
import { OperationRunner } from './http/operation-runner.js';
import { PinController } from './http/pin.controller.js';
import { ReactionController } from './http/reaction.controller.js';
import { ReceiptController } from './http/receipt.controller.js';
import { SearchController } from './http/search.controller.js';
import { SystemController } from './http/system.controller.js';
import { UserDirectory } from './http/user-directory.js';
import { UserController } from './http/user.controller.js';
import { WorkspaceController } from './http/workspace.controller.js';
import { RealtimeModule } from './realtime/realtime.module.js';
import { SecurityModule } from './security/security.module.js';

/** The edge: HTTP and realtime outside, the bus inside. It owns no data. */
@Module({})
export class GatewayModule {
  static register(parts: GatewayParts): DynamicModule {
    return {
      module: GatewayModule,
      imports: [
        SecurityModule.register(parts),
        RealtimeModule,
        HealthModule.register(parts.probes, { operations: false }),
      ],
      controllers: [
        AuthController,
        UserController,
        WorkspaceController,
        InviteController,
        ChatController,
        ChatMemberController,
        MessageController,
        ReactionController,
        PinController,
        ReceiptController,
        ImportController,
        SearchController,
        BatchController,
        SystemController,
        DocsController,
      ],
      providers: [
        ChatList,
        ImportStream,
        OperationRunner,
        UserDirectory,
        { provide: APP_FILTER, useClass: ErrorFilter },
      ],
    };
  }
}
