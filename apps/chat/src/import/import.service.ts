import { Injectable } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import type { RequestOf } from '#contracts/contract.js';
import { FechatterError } from '#contracts/error.js';
import { importRpc, type ImportedLines, type ImportLine } from '#contracts/import.contract.js';
import { ChatCreationRepository, mostMadeInAll } from '../chat/chat-creation.repository.js';
import { newChannel } from '../chat/chat-writer.repository.js';
import { ChatRepository, type NamedChannel } from '../chat/chat.repository.js';
import { nameKey } from '../chat/chat.row.js';
import { HandOverService } from '../hand-over/hand-over.service.js';
import { self } from '../self.js';
import { WorkspaceService } from '../workspace/workspace.service.js';
import { chunksOf } from './chunk.js';
import { normalTime } from './import-time.js';
import { PlaceholderService } from './placeholder.service.js';

type ImportedMessage = RequestOf<typeof importRpc.messages>['messages'][number];

/** A line that can be stored as far as its time goes; `index` is its place in the chunk. */
interface TimedLine {
  readonly index: number;
  readonly line: ImportLine;
  readonly createdAt: string;
}

/** A line and the chat that takes it. */
interface PlacedLine extends Omit<TimedLine, 'index'> {
  readonly chatId: number;
}

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
   * becomes a public channel that the importer owns. Lines with an impossible time are refused, as are those of an
   * archived channel, of a private one that the importer is not in and of one too many; the others are stored. FORBIDDEN
   * unless the caller owns the workspace.
   */
  async import(userId: number, workspaceId: number, lines: readonly ImportLine[]): Promise<ImportedLines> {
    await this.workspaces.require(userId, workspaceId, 'import');
    const refused: ImportedLines['refused'] = [];
    const timed: TimedLine[] = [];
    for (const [index, line] of lines.entries()) {
      const createdAt = normalTime(line.ts);
      if (createdAt === undefined) refused.push({ index, reason: 'ts: Must lie in the years 1 to 9999' });
      else timed.push({ index, line, createdAt });
    }
    const channels = await this.ensureChannels(userId, workspaceId, timed);
    const placed: PlacedLine[] = [];
    for (const { index, line, createdAt } of timed) {
      const channel = found(channels.get(nameKey(line.chat)));
      const taken = takenBy(channel, line.chat);
      if (typeof taken === 'string') refused.push({ index, reason: taken });
      else placed.push({ line, createdAt, chatId: taken.id });
    }
    const counts = await this.store(userId, workspaceId, await this.messagesOf(workspaceId, placed));
    return { ...counts, refused: refused.sort((a, b) => a.index - b.index) };
  }

  /** By chat, each by its sender. */
  private async messagesOf(
    workspaceId: number,
    lines: readonly PlacedLine[],
  ): Promise<ReadonlyMap<number, readonly ImportedMessage[]>> {
    const senders = await this.placeholders.ensure(
      workspaceId,
      lines.map(({ line }) => line.sender),
    );
    const byChat = new Map<number, ImportedMessage[]>();
    for (const { line, createdAt, chatId } of lines) {
      const messages = byChat.get(chatId) ?? [];
      byChat.set(chatId, messages);
      messages.push({
        sender_id: found(senders.get(line.sender)),
        created_at: createdAt,
        content: line.text,
        import_id: line.id ?? null,
      });
    }
    return byChat;
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

  /** By name key, or why there can be none. When it answers, message knows all of them. */
  private async ensureChannels(
    userId: number,
    workspaceId: number,
    lines: readonly TimedLine[],
  ): Promise<Map<string, NamedChannel | string>> {
    const names = new Map(lines.map(({ line: { chat } }) => [nameKey(chat), chat] as const).reverse());
    const find = () => this.chats.channelsNamed(workspaceId, userId, [...names.values()]);
    const before = await find();
    const there = new Set(before.map((channel) => channel.name_key));
    const missing = [...names].filter(([key]) => !there.has(key)).map(([, name]) => name);
    const channels = new Map<string, NamedChannel | string>();
    for (const name of missing) {
      const reason = await this.createChannel(userId, workspaceId, name);
      if (reason !== undefined) channels.set(nameKey(name), reason);
    }
    const after = missing.length === 0 ? before : await find();
    await this.handOvers.settle(after.map((channel) => channel.id));
    for (const channel of after) channels.set(channel.name_key, channel);
    return channels;
  }

  /** Somebody else may have made it in between: then that one is taken. Answers why it would be one too many. */
  private async createChannel(userId: number, workspaceId: number, name: string): Promise<string | undefined> {
    const chat = newChannel(workspaceId, name, userId);
    try {
      await this.creation.create(chat, [{ user_id: userId, role: 'owner' }], mostMadeInAll);
    } catch (error) {
      if (error instanceof FechatterError && error.code === 'CONFLICT') return error.message;
      throw error;
    }
    return undefined;
  }
}

/** The channel, or why nothing can be imported into it. */
function takenBy(channel: NamedChannel | string, name: string): NamedChannel | string {
  if (typeof channel === 'string') return channel;
  if (channel.is_archived) return `The channel "${name}" is archived: nothing can be imported into it.`;
  if (channel.is_private && channel.chat_role === null)
    return `The channel "${name}" is private and you are not in it.`;
  return channel;
}

/** What was ensured before is there, unless a channel was renamed or deleted in this very moment. */
function found<Value>(value: Value | undefined): Value {
  if (value !== undefined) return value;
  throw new FechatterError('UNAVAILABLE', 'A channel of the import was changed meanwhile. Try again.', {
    retryAfterSeconds: 1,
  });
}
