import type { Bus, Subscription } from '#bus/bus.js';
import type { PayloadOf } from '#contracts/contract.js';
import { logEvent } from '#contracts/log.contract.js';
import { Logger } from '#telemetry/logger.js';
import type { Connection } from '../connection/connection.js';
import type { Feed } from './feed.js';
import { Frame } from '../connection/frame.js';
import type { Inbox, InboxSource } from './inbox-source.js';

const logger = new Logger('gateway.inbox');

/** A user with connections to this gateway: keeps what the gateway knows of their chats up with their inbox. */
export class ConnectedUser {
  /** Including those that are still being opened. */
  readonly connections = new Set<Connection>();
  readonly feeds = new Set<Feed>();
  /** How often a newer inbox has been applied. */
  changes = 0;
  private readonly subscription: Subscription;
  /** The state of the inbox that all feeds have; a change of access or of a read position raises it by one. */
  private version = 0;
  /** The newest state that any feed has: an answer that was under way for longer and is older than it is not applied. */
  private newest = 0;
  /** The state that the inbox is known to have reached. */
  private end = 0;
  private refreshing = false;
  private again = false;

  constructor(
    readonly id: number,
    bus: Bus,
    private readonly inboxes: InboxSource,
    private readonly apply: (inbox: Inbox, feeds: Iterable<Feed>) => void,
  ) {
    this.subscription = bus.subscribe(logEvent.user, { user_id: id }, (event) => this.hear(event));
  }

  /** A feed has been made from this inbox; the others may be behind it. */
  add(feed: Feed, inbox: Inbox): void {
    const known = this.newest;
    this.take(inbox);
    this.feeds.add(feed);
    this.version = inbox.version;
    this.compare(known);
  }

  /** The inbox is known to have reached that version. */
  compare(version: number): void {
    this.end = Math.max(this.end, version);
    if (this.end > this.version && this.feeds.size > 0) void this.refresh();
  }

  close(): void {
    this.subscription.unsubscribe();
  }

  private hear(event: PayloadOf<typeof logEvent.user>): void {
    if (event.type === 'read') {
      const { chat_id, read_seq, unread_count } = event;
      const data = { chat_id, user_id: this.id, read_seq, unread_count };
      const frame = new Frame({ type: 'receipt.updated', data });
      for (const { connection } of this.feeds) connection.send(frame);
      if (event.version === this.version + 1) this.version = event.version;
      this.newest = Math.max(this.newest, this.version);
    }
    this.compare(event.version);
  }

  private async refresh(): Promise<void> {
    this.again = this.refreshing;
    if (this.refreshing) return;
    this.refreshing = true;
    try {
      this.take(await this.inboxes.read(this.id));
    } catch (error) {
      logger.warn('An inbox could not be read; the next comparison tries again', {
        user_id: this.id,
        reason: String(error),
      });
    } finally {
      this.refreshing = false;
    }
    if (this.again) void this.refresh();
  }

  private take(inbox: Inbox): void {
    if (inbox.version < this.newest) return;
    this.apply(inbox, this.feeds);
    if (inbox.version > this.newest) this.changes += 1;
    this.version = inbox.version;
    this.newest = inbox.version;
  }
}
