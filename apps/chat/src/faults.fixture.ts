import type { Bus } from '#bus/bus.js';
import type { Rpc } from '#contracts/contract.js';
import { FechatterError } from '#contracts/error.js';

/** Loses calls between chat and the real message service: the request before it arrives, or the reply after it. */
export class LossyWire {
  private readonly lost = new Map<string, 'request' | 'reply'>();

  constructor(bus: Bus) {
    const deliver: Bus['call'] = bus.call.bind(bus);
    bus.call = async (contract, request, options) => {
      const { subject } = contract;
      if (this.lost.get(subject) === 'request') throw timeout();
      const reply = await deliver(contract, request, options);
      if (this.lost.get(subject) === 'reply') throw timeout();
      return reply;
    };
  }

  lose(contract: Rpc, what: 'request' | 'reply'): void {
    this.lost.set(contract.subject, what);
  }

  heal(): void {
    this.lost.clear();
  }
}

function timeout(): FechatterError {
  return new FechatterError('UNAVAILABLE', 'The answer took too long.', { retryAfterSeconds: 1 });
}
