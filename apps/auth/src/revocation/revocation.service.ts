import { Injectable } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { authEvent, authRpc, type Revocation } from '#contracts/auth.contract.js';
import type { ReplyOf } from '#contracts/contract.js';
import { RevocationRepository } from './revocation.repository.js';

const pageLength = 1_000;

/** Tells everybody which sessions ended before their tokens did. */
@Injectable()
export class RevocationService {
  constructor(
    private readonly repository: RevocationRepository,
    private readonly bus: Bus,
  ) {}

  /**
   * What follows `after`; without it all that is kept, which is every session that some living token may name.
   * `last_id` is where to go on: the end of this page if more follow, otherwise the newest id.
   */
  async list(after = 0): Promise<ReplyOf<typeof authRpc.listRevocations>> {
    const { revocations, newestId } = await this.repository.list(after, pageLength);
    const last = revocations.at(-1);
    return { revocations, last_id: last !== undefined && revocations.length === pageLength ? last.id : newestId };
  }

  /** To be called after the commit; who misses the event reads the list. */
  announce(revocations: readonly Revocation[]): void {
    for (const revocation of revocations) this.bus.publish(authEvent.revoked, {}, revocation);
  }
}
