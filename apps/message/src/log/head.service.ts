import { Injectable } from '@nestjs/common';
import type { Head } from '#contracts/log.contract.js';
import { HeadRepository } from './head.repository.js';
import { LogRepository } from './log.repository.js';

/** How long one comparison serves all who ask. */
const sharedMs = 1_000;

/** What fits into a reply. */
const mostAtOnce = 12_000;

interface RecentHeads {
  readonly heads: Head[];
  readonly epoch: number;
}

/** Where logs and inboxes stand; services compare it with what they have and fetch what they lack. */
@Injectable()
export class HeadService {
  private shared: { readonly answer: Promise<RecentHeads>; readonly until: number } | undefined;

  constructor(
    private readonly heads: HeadRepository,
    private readonly logs: LogRepository,
  ) {}

  /** The next slice by chat id of the heads of chats that changed in the last three minutes. */
  async recent(afterChatId = 0, limit = mostAtOnce): Promise<RecentHeads & { has_more?: true }> {
    const { heads, epoch } = await this.allRecent();
    const start = heads.findIndex(({ chat_id }) => chat_id > afterChatId);
    const end = start + limit;
    if (start < 0) return { heads: [], epoch };
    return { heads: heads.slice(start, end), epoch, ...(end < heads.length && { has_more: true }) };
  }

  /** Read at most once a second. */
  private allRecent(): Promise<RecentHeads> {
    if (this.shared !== undefined && performance.now() < this.shared.until) return this.shared.answer;
    const answer = this.readRecent();
    const shared = { answer, until: performance.now() + sharedMs };
    this.shared = shared;
    answer.catch(() => {
      if (this.shared === shared) this.shared = undefined;
    });
    return answer;
  }

  /** The next slice of all heads by chat id. */
  async all(afterChatId: number, limit: number): Promise<{ heads: Head[]; has_more: boolean }> {
    const heads = await this.heads.after(afterChatId, limit + 1);
    return { heads: heads.slice(0, limit), has_more: heads.length > limit };
  }

  async inboxVersions(userIds: readonly number[]): Promise<{ user_id: number; version: number }[]> {
    return this.heads.inboxVersions(userIds);
  }

  private async readRecent(): Promise<RecentHeads> {
    const [heads, epoch] = await Promise.all([this.heads.recent(), this.logs.epoch()]);
    return { heads, epoch };
  }
}
