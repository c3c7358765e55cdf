import type { LocalBus } from '#bus/local-bus.js';
import { chatRpc, type Chat } from '#contracts/chat.contract.js';
import type { ReplyOf, RequestInputOf, Rpc } from '#contracts/contract.js';
import { FechatterError, type ErrorCode } from '#contracts/error.js';
import { messageRpc, type Message } from '#contracts/message.contract.js';
import { workspaceRpc, type WorkspaceRole } from '#contracts/workspace.contract.js';
import { asUser } from '#testing/caller.js';

let lastUser = 1_000;

/** A user nobody has seen before. Chat and message ask nothing of users but their ids. */
export function newUser(): number {
  return ++lastUser;
}

/** Speaks with the apps as one person. */
export class Person {
  constructor(
    private readonly bus: LocalBus,
    readonly id: number = newUser(),
  ) {}

  call<C extends Rpc>(contract: C, request: RequestInputOf<C>): Promise<ReplyOf<C>> {
    return this.bus.call(contract, request, { as: asUser(this.id) });
  }

  /** The code of the error that the call must end with. */
  async refused<C extends Rpc>(contract: C, request: RequestInputOf<C>): Promise<ErrorCode> {
    try {
      await this.call(contract, request);
    } catch (error) {
      if (error instanceof FechatterError) return error.code;
      throw error;
    }
    throw new Error(`${contract.subject} was not refused`);
  }

  async createWorkspace(): Promise<{ workspaceId: number; generalId: number }> {
    const { id } = await this.call(workspaceRpc.create, { name: 'Work' });
    const { chats } = await this.call(chatRpc.search, { workspace_id: id, query: 'general' });
    return { workspaceId: id, generalId: chats[0]?.id ?? 0 };
  }

  async admit(workspaceId: number, other: Person, role: Exclude<WorkspaceRole, 'owner'> = 'member'): Promise<void> {
    const { invite_code } = await this.call(workspaceRpc.createInvite, { workspace_id: workspaceId, role });
    await other.call(workspaceRpc.acceptInvite, { invite_code });
  }

  createChannel(
    workspaceId: number,
    name: string,
    rest: Partial<{ is_private: boolean; member_ids: number[] }> = {},
  ): Promise<Chat> {
    return this.call(chatRpc.create, { workspace_id: workspaceId, name, type: 'channel', ...rest });
  }

  send(chatId: number): Promise<Message> {
    return this.call(messageRpc.send, { chat_id: chatId, content: 'hello' });
  }

  async canSend(chatId: number): Promise<boolean> {
    return this.send(chatId).then(
      () => true,
      () => false,
    );
  }
}
