import { Injectable } from '@nestjs/common';
import type { RequestOf } from '#contracts/contract.js';
import { FechatterError, notFound } from '#contracts/error.js';
import type { importRpc } from '#contracts/import.contract.js';
import type { Transaction } from '#database/database.js';
import { LogPublisher } from '../writer/log-publisher.js';
import { LogWriter, type LockedHead } from '../writer/log-writer.repository.js';
import { ImportStatistics } from './import-statistics.js';
import { ImportRepository, type ImportedMessage } from './import.repository.js';

type ImportRequest = RequestOf<typeof importRpc.messages>;

/** Takes over messages of another system, for the chat service, which has checked who imports. */
@Injectable()
export class ImportService {
  constructor(
    private readonly imports: ImportRepository,
    private readonly writer: LogWriter,
    private readonly publisher: LogPublisher,
    private readonly statistics: ImportStatistics,
  ) {}

  /**
   * Appends to the chat's log, all or nothing, in the given order and with the original times. Messages whose
   * `import_id` the workspace has already are skipped. NOT_FOUND for a chat that is not one of the workspace,
   * FORBIDDEN in an archived one.
   */
  async import(request: ImportRequest): Promise<{ imported: number; skipped: number }> {
    const { chat_id, workspace_id, messages } = request;
    const result = await this.writer.locked(chat_id, async (head, transaction) => {
      if (head.is_deleted || head.workspace_id !== workspace_id) throw notFound('chat');
      if (head.is_archived)
        throw new FechatterError('FORBIDDEN', 'The chat is archived: nothing can be imported into it.');
      const unknown = await this.withoutKnown(transaction, head, messages);
      if (unknown.length > 0) await this.append(transaction, head, request.importer_id, unknown);
      return { last_seq: head.last_seq + unknown.length, imported: unknown.length };
    });
    if (result === undefined) throw notFound('chat');
    const { imported, last_seq } = result;
    if (imported > 0) this.publisher.publish(chat_id, last_seq, []);
    if (imported > 0) this.statistics.grown();
    return { imported, skipped: messages.length - imported };
  }

  private async withoutKnown(
    transaction: Transaction,
    head: LockedHead,
    messages: readonly ImportedMessage[],
  ): Promise<ImportedMessage[]> {
    const ids = messages.flatMap(({ import_id }) => import_id ?? []);
    const claimed = await this.imports.claim(transaction, head, ids);
    // delete answers true once: the first of equal ids is kept.
    return messages.filter(({ import_id }) => import_id === null || claimed.delete(import_id));
  }

  private async append(
    transaction: Transaction,
    head: LockedHead,
    importerId: number,
    messages: readonly ImportedMessage[],
  ): Promise<void> {
    await this.imports.insert(transaction, head, messages);
    await this.imports.follow(transaction, head, importerId, messages.length);
    const newest = Math.max(...messages.map(({ created_at }) => Date.parse(created_at)));
    await this.writer.advance(transaction, head.chat_id, {
      last_seq: head.last_seq + messages.length,
      message_count: head.message_count + messages.length,
      last_activity_at: new Date(Math.min(newest, Date.now())),
    });
  }
}
