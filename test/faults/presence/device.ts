import { WebSocket } from 'ws';
import { FechatterClient } from '#client/client.js';
import type { PresenceStatus } from '#contracts/presence.contract.js';
import { eventually } from '#testing/eventually.js';

/** How somebody is. */
export type State = PresenceStatus | 'typing' | 'silent';

/** What a device was told, and when. */
interface Told {
  readonly userId: number;
  readonly state: State;
  readonly at: number;
}

/** A client of somebody on one gateway, which notes what it is told of others. */
export class Device {
  readonly client: FechatterClient;
  private readonly told: Told[] = [];

  /** `name` is that of the person, who has any number of devices. */
  constructor(
    private readonly name: string,
    gateway: string,
  ) {
    this.client = new FechatterClient({ gateways: gateway, WebSocket });
    const hear = (userId: number, state: State) => void this.told.push({ userId, state, at: performance.now() });
    this.client.on('presence.update', ({ user_id, status }) => hear(user_id, status));
    this.client.on('typing.start', ({ user_id }) => hear(user_id, 'typing'));
    this.client.on('typing.stop', ({ user_id }) => hear(user_id, 'silent'));
  }

  get userId(): number {
    return this.client.user?.id ?? 0;
  }

  /** Makes the person. */
  async register(): Promise<void> {
    await this.client.register({ ...this.account, username: this.name });
  }

  /** Signs in and connects, as one more device of a person; answers when it began to. */
  async connect(...watched: number[]): Promise<number> {
    if (this.client.user === undefined) await this.client.login(this.account);
    if (watched.length > 0) this.client.watchPresence(watched);
    const { connections } = this.client.counters;
    const began = performance.now();
    this.client.start();
    await eventually(() => this.client.counters.connections > connections, `${this.name} is connected`);
    return began;
  }

  /** Waits until it is told this of somebody at this time or later; answers how much later. */
  async hears(userId: number, state: State, since: number, timeoutMs?: number): Promise<number> {
    const isIt = (told: Told) => told.userId === userId && told.state === state && told.at >= since;
    const what = () => `${this.name} hears that ${userId} is ${state}; it heard ${JSON.stringify(this.told)}`;
    const { at } = await eventually(() => this.told.find(isIt), what, timeoutMs);
    return at - since;
  }

  /** All that it was told of somebody. */
  heardOf(userId: number): State[] {
    return this.told.filter((told) => told.userId === userId).map(({ state }) => state);
  }

  private get account(): { email: string; password: string } {
    return { email: `${this.name}@example.com`, password: `the long password of ${this.name}` };
  }
}
