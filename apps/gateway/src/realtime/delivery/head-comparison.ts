import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { logRpc, type Head } from '#contracts/log.contract.js';
import { Loop } from '#service/loop.js';
import { self } from '../../self.js';
import { Hub } from './hub.js';

/** A loop spreads its pauses by a tenth, and heads are asked for: what was lost is found within ten seconds. */
const intervalMs = 8_500;
/** The message service tells of the last three minutes; whoever has not asked for nearly so long must look at all heads. */
const coveredMs = 150_000;
/** All heads are looked at as often at least: nothing stays lost that slipped through all else. */
const sweepMs = 600_000;
const usersAtOnce = 1_000;
const headsAtOnce = 5_000;
const clockMs = 1_000;

/** Finds what lost events have left out: compares heads of logs and versions of inboxes with what this gateway has. */
@Injectable()
export class HeadComparison implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop = new Loop('gateway.comparison', intervalMs, () => this.compare());
  private comparedAt = Date.now();
  private sweptAt = Date.now();
  private clockAt = 0;
  private clockText = '';

  constructor(
    private readonly bus: Bus,
    private readonly hub: Hub,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** The time, RFC 3339, until which nothing is missing here as far as is known; it may be a second old. */
  clock(): string {
    const now = Date.now();
    if (now - this.clockAt < clockMs) return this.clockText;
    let until = now - this.comparedAt > 3 * intervalMs ? this.comparedAt : now;
    for (const { reader } of this.hub.rooms.values()) until = Math.min(until, reader.behindSince ?? now);
    this.clockAt = now;
    this.clockText = new Date(until).toISOString();
    return this.clockText;
  }

  private async compare(): Promise<void> {
    if (this.hub.users.size > 0) await Promise.all([this.compareHeads(), this.compareInboxes()]);
    this.comparedAt = Date.now();
  }

  private async compareHeads(): Promise<void> {
    const startedAt = Date.now();
    const isDue = startedAt - this.comparedAt > coveredMs || startedAt - this.sweptAt > sweepMs;
    await this.compareRecent();
    if (!isDue) return;
    await this.compareAll();
    this.sweptAt = startedAt;
  }

  private async compareRecent(): Promise<void> {
    for (let request = {}, more = true; more;) {
      const { heads, epoch, has_more } = await this.bus.call(logRpc.recentHeads, request, { as: self });
      this.hub.acknowledgeEpoch(epoch);
      this.hear(heads);
      request = { after_chat_id: heads.at(-1)?.chat_id };
      more = has_more === true;
    }
  }

  private async compareAll(): Promise<void> {
    for (let after = 0, more = true; more;) {
      const slice = await this.bus.call(logRpc.allHeads, { after_chat_id: after, limit: headsAtOnce }, { as: self });
      this.hear(slice.heads);
      after = slice.heads.at(-1)?.chat_id ?? after;
      more = slice.has_more;
    }
  }

  private hear(heads: readonly Head[]): void {
    for (const { chat_id, last_seq } of heads) this.hub.rooms.get(chat_id)?.reader.hear(last_seq, []);
  }

  private async compareInboxes(): Promise<void> {
    const ids = [...this.hub.users.keys()];
    for (let start = 0; start < ids.length; start += usersAtOnce) {
      const user_ids = ids.slice(start, start + usersAtOnce);
      const { versions } = await this.bus.call(logRpc.inboxVersions, { user_ids }, { as: self });
      for (const { user_id, version } of versions) this.hub.users.get(user_id)?.compare(version);
    }
  }
}
