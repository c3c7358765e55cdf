/** How long somebody counts as typing after they last said so. */
export const typingLeaseMs = 5_000;

/** Who is typing in one chat, as far as this gateway has heard: a lease that ends by itself. */
export class Typists {
  private readonly leases = new Map<number, NodeJS.Timeout>();

  constructor(private readonly tell: (userId: number, type: 'typing.start' | 'typing.stop') => void) {}

  /** Who types now. */
  get all(): Iterable<number> {
    return this.leases.keys();
  }

  /** The user types, again or still. */
  renew(userId: number): void {
    const lease = this.leases.get(userId);
    if (lease !== undefined) {
      lease.refresh();
      return;
    }
    this.leases.set(userId, setTimeout(() => this.end(userId), typingLeaseMs).unref());
    this.tell(userId, 'typing.start');
  }

  /** The user has stopped: by saying so, by sending what was typed, or by silence. */
  end(userId: number): void {
    const lease = this.leases.get(userId);
    if (lease === undefined) return;
    clearTimeout(lease);
    this.leases.delete(userId);
    this.tell(userId, 'typing.stop');
  }

  close(): void {
    for (const lease of this.leases.values()) clearTimeout(lease);
    this.leases.clear();
  }
}
