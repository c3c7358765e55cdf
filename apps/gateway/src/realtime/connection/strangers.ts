import { Inject, Injectable } from '@nestjs/common';
import { gatewayConfig, type GatewayConfig } from '../../gateway.config.js';
import { LimitExceeded } from '../../security/rate-limits.js';
import { noRoom } from './no-room.js';

/** Whoever says nothing has gone by then. */
const roomMs = 5_000;

/** WebSockets that have not signed in: bounds how many there are, in all and from one address. */
@Injectable()
export class Strangers {
  private count = 0;
  private readonly byAddress = new Map<string, number>();
  private readonly most: number;
  private readonly mostByAddress: number;

  constructor(@Inject(gatewayConfig) config: GatewayConfig) {
    this.most = config.LIMIT_SIGNING_IN;
    this.mostByAddress = config.RATE_LIMITS === 'off' ? Infinity : config.LIMIT_SIGNING_IN_PER_ADDRESS;
  }

  /** Counts one more until the answer is called, as often as that may be. Throws RATE_LIMITED or UNAVAILABLE. */
  enter(address: string): () => void {
    if (this.of(address) >= this.mostByAddress) {
      const usage = { allowed: false, limit: this.mostByAddress, remaining: 0, resetMs: roomMs };
      throw new LimitExceeded(usage, 'Too many connections from your address have not signed in yet.');
    }
    if (this.count >= this.most) throw noRoom();
    this.add(address, 1);
    let isHere = true;
    return () => {
      if (isHere) this.add(address, -1);
      isHere = false;
    };
  }

  private of(address: string): number {
    return this.byAddress.get(address) ?? 0;
  }

  private add(address: string, more: 1 | -1): void {
    this.count += more;
    const left = this.of(address) + more;
    if (left === 0) this.byAddress.delete(address);
    else this.byAddress.set(address, left);
  }
}
