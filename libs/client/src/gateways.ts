/**
 * Says which gateway to turn to. `attempt` counts from 0: for a `connection` it rises with each try, the first and those
 * after a connection that has ended; for a `call` it rises when the one before did not reach its gateway.
 */
export type PickGateway = (use: 'call' | 'connection', attempt: number) => string;

/** Base URLs of the gateways: one, several that are all the same, or a function. */
export type GatewayChoice = string | readonly string[] | PickGateway;

/** Where the next call or connection goes. */
export class Gateways {
  private readonly pick: PickGateway;
  private connections = 0;
  private failedCalls = 0;

  /** Clients begin at different places of a list, by `random`, and go round it. */
  constructor(choice: GatewayChoice, random: () => number) {
    this.pick = typeof choice === 'function' ? choice : oneOf(typeof choice === 'string' ? [choice] : choice, random);
  }

  forConnection(): string {
    return this.pick('connection', this.connections++);
  }

  /** `failed` is to be called when it could not be reached: the calls after that go elsewhere. */
  forCall(): { readonly url: string; readonly failed: () => void } {
    const attempt = this.failedCalls;
    // Of many calls that fail together only the first one moves on.
    return {
      url: this.pick('call', attempt),
      failed: () => (this.failedCalls = Math.max(this.failedCalls, attempt + 1)),
    };
  }
}

function oneOf(urls: readonly string[], random: () => number): PickGateway {
  const start = Math.floor(random() * urls.length);
  return (_, attempt) => {
    const url = urls[(start + attempt) % urls.length];
    if (url === undefined) throw new TypeError('No gateway is given');
    return url;
  };
}
