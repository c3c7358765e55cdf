import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { AccessMember } from '#contracts/access.contract.js';
import type { Chat, NewChat } from '#contracts/chat.contract.js';
import { FechatterError, invalid, notFound } from '#contracts/error.js';
import { mayInWorkspace } from '#domain/permission.js';
import { HandOverService } from '../hand-over/hand-over.service.js';
import { WorkspaceUserRepository } from '../workspace/workspace-user.repository.js';
import { ChatCreationRepository } from './chat-creation.repository.js';
import { nameTaken } from './chat-settings.service.js';
import { toChat } from './chat.row.js';

/** New channels and groups. */
@Injectable()
export class ChatCreationService {
  constructor(
    private readonly creation: ChatCreationRepository,
    private readonly workspaceUsers: WorkspaceUserRepository,
    private readonly handOvers: HandOverService,
  ) {}

  /**
   * The caller owns it. FORBIDDEN for guests, CONFLICT when a channel of the workspace has the name, ignoring case, or
   * the caller has made, or a member is in, as many chats as one can; NOT_FOUND when somebody of `member_ids` is not in
   * the workspace.
   */
  async create(userId: number, request: z.output<typeof NewChat>): Promise<Chat> {
    const { workspace_id, type, name, description, is_private, member_ids } = request;
    const role = await this.workspaceUsers.role(workspace_id, userId);
    if (role === undefined) throw notFound('workspace');
    if (!mayInWorkspace(role, 'create_chat')) throw new FechatterError('FORBIDDEN', 'Guests cannot create chats.');
    if (type === 'group' && is_private === false) throw invalid('is_private', 'Groups are always private');
    const others = [...new Set(member_ids)].filter((memberId) => memberId !== userId);
    const members: AccessMember[] = [
      { user_id: userId, role: 'owner' },
      ...others.map((user_id): AccessMember => ({ user_id, role: 'member' })),
    ];
    const chat = await this.creation.create(
      {
        workspace_id,
        type,
        name,
        description,
        is_private: type === 'group' || is_private === true,
        is_general: false,
        direct_key: null,
        created_by: userId,
      },
      members,
    );
    if (chat === undefined) throw nameTaken();
    await this.handOvers.deliver(chat.id);
    return toChat(chat);
  }
}
