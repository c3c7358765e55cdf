import { Injectable } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import type { RequestOf } from '#contracts/contract.js';
import { FechatterError, invalid } from '#contracts/error.js';
import { importRpc, type ImportLine } from '#contracts/import.contract.js';
import { ChatCreationRepository } from '../chat/chat-creation.repository.js';
import { ChatRepository, type NamedChannel } from '../chat/chat.repository.js';
import { nameKey } from '../chat/chat.row.js';
import { HandOverService } from '../hand-over/hand-over.service.js';
import { self } from '../self.js';
import { WorkspaceService } from '../workspace/workspace.service.js';
import { chunksOf } from './chunk.js';
import { normalTime } from './import-time.js';
import { PlaceholderService } from './placeholder.service.js';

type ImportedMessage = RequestOf<typeof importRpc.messages>['messages'][number];

/** Takes over the history of another system, line by line. */
@Injectable()
export class ImportService {
  constructor(
    private readonly workspaces: WorkspaceService,
    private readonly chats: ChatRepository,
    private readonly creation: ChatCreationRepository,
    private readonly handOvers: HandOverService,
    private readonly placeholders: PlaceholderService,
    private readonly bus: Bus,
  ) {}

  /**
   * Lines of one chat keep their order. Names of chats compare ignoring case, as names of channels do; a missing one
   * becomes a public channel that the importer owns. FORBIDDEN for who does not own the workspace, and when a line names
   * an archived channel or a private one that the importer is not in: nothing of the chunk is stored then.
   */
  async import(
    userId: number,
    workspaceId: number,
    lines: readonly ImportLine[],
  ): Promise<{ imported: number; skipped: number }> {
    await this.workspaces.require(userId, workspaceId, 'import');
    const times = lines.map(({ ts }, index) => timeOf(ts, index));
    const channels = await this.ensureChannels(userId, workspaceId, lines);
    const senders = await this.placeholders.ensure(
      workspaceId,
      lines.map((line) => line.sender),
    );
    const byChat = new Map<number, ImportedMessage[]>();
    for (const [index, line] of lines.entries()) {
      const chatId = found(channels.get(nameKey(line.chat)));
      const messages = byChat.get(chatId) ?? [];
      byChat.set(chatId, messages);
      messages.push({
        sender_id: found(senders.get(line.sender)),
        created_at: found(times[index]),
        content: line.text,
        import_id: line.id ?? null,
      });
    }
    return this.store(userId, workspaceId, byChat);
  }

  private async store(
    userId: number,
    workspaceId: number,
    byChat: ReadonlyMap<number, readonly ImportedMessage[]>,
  ): Promise<{ imported: number; skipped: number }> {
    const total = { imported: 0, skipped: 0 };
    for (const [chat_id, all] of byChat) {
      for (const messages of chunksOf(all)) {
        const request = { chat_id, workspace_id: workspaceId, importer_id: userId, messages };
        const { imported, skipped } = await this.bus.call(importRpc.messages, request, { as: self });
        total.imported += imported;
        total.skipped += skipped;
      }
    }
    return total;
  }

  /** Ids by name key. When it answers, message knows all of them. */
  private async ensureChannels(
    userId: number,
    workspaceId: number,
    lines: readonly ImportLine[],
  ): Promise<Map<string, number>> {
    const names = new Map(lines.map(({ chat }) => [nameKey(chat), chat] as const).reverse());
    const find = () => this.chats.channelsNamed(workspaceId, userId, [...names.values()]);
    const before = await find();
    for (const channel of before) requireImportable(channel, names);
    const there = new Set(before.map((channel) => channel.name_key));
    const missing = [...names].filter(([key]) => !there.has(key)).map(([, name]) => name);
    for (const name of missing) await this.createChannel(userId, workspaceId, name);
    const after = missing.length === 0 ? before : await find();
    await this.handOvers.settle(after.map((channel) => channel.id));
    return new Map(after.map((channel) => [channel.name_key, channel.id]));
  }

  /** Somebody else may have made it in between: then that one is taken. */
  private async createChannel(userId: number, workspaceId: number, name: string): Promise<void> {
    await this.creation.create(
      {
        ...{ workspace_id: workspaceId, type: 'channel', name, description: '', is_private: false },
        ...{ is_general: false, direct_key: null, created_by: userId },
      },
      [{ user_id: userId, role: 'owner' }],
    );
  }
}

function timeOf(ts: number | string, index: number): string {
  const time = normalTime(ts);
  if (time === undefined) throw invalid(`lines.${index}.ts`, 'Must lie in the years 1 to 9999');
  return time;
}

function requireImportable(channel: NamedChannel, names: ReadonlyMap<string, string>): void {
  const name = names.get(channel.name_key) ?? '';
  if (channel.is_archived) {
    throw new FechatterError('FORBIDDEN', `The channel "${name}" is archived: nothing can be imported into it.`);
  }
  if (channel.is_private && channel.chat_role === null) {
    throw new FechatterError('FORBIDDEN', `The channel "${name}" is private and you are not in it.`);
  }
}

/** What was ensured before is there, unless a channel was renamed or deleted in this very moment. */
function found<Value>(value: Value | undefined): Value {
  if (value !== undefined) return value;
  throw new FechatterError('UNAVAILABLE', 'A channel of the import was changed meanwhile. Try again.', {
    retryAfterSeconds: 1,
  });
}
