import { Bus, type BusStatus, type CallOptions, type EventHandler, type RpcHandler } from '#bus/bus.js';
import type { Serving, Subscription } from '#bus/bus.js';
import type { Encoded } from '#bus/encoded.js';
import type { Event, PayloadOf, ReplyOf, RequestInputOf, Rpc, SubjectParams } from '#contracts/contract.js';
import type { Fate } from '../fate.js';

/** The bus as one app has it, which loses, doubles and reorders the events that the app should hear. */
export class FaultyBus extends Bus {
  /** What becomes of events about a chat, by its id; others arrive. */
  readonly fates = new Map<number, () => Fate>();
  /** Loses everything. */
  isDeaf = false;
  /** Subscriptions that were not ended. */
  openSubscriptions = 0;
  private late: (() => void)[] = [];

  constructor(private readonly bus: Bus) {
    super();
  }

  subscribe<E extends Event>(
    event: E,
    params: SubjectParams<E['subject']> | '*',
    handler: EventHandler<E>,
  ): Subscription {
    this.openSubscriptions++;
    const subscription = this.bus.subscribe(event, params, (payload) => {
      const fate = this.fateOf(payload);
      if (fate === 'lost') return;
      const hear = () => void handler(payload);
      if (fate === 'late') return void this.late.push(hear);
      hear();
      if (fate === 'twice') hear();
      for (const overtaken of this.late.splice(0)) overtaken();
    });
    return {
      unsubscribe: () => {
        this.openSubscriptions--;
        subscription.unsubscribe();
      },
    };
  }

  publish<E extends Event>(event: E, params: SubjectParams<E['subject']>, payload: PayloadOf<E>): void {
    this.bus.publish(event, params, payload);
  }

  call<C extends Rpc>(contract: C, request: RequestInputOf<C>, options: CallOptions): Promise<ReplyOf<C>> {
    return this.bus.call(contract, request, options);
  }

  relay<C extends Rpc>(contract: C, request: RequestInputOf<C>, options: CallOptions): Promise<ReplyOf<C> | Encoded> {
    return this.bus.relay(contract, request, options);
  }

  serve<C extends Rpc>(contract: C, handler: RpcHandler<C>, options: { queue: string }): Serving {
    return this.bus.serve(contract, handler, options);
  }

  status(): BusStatus {
    return this.bus.status();
  }

  close(): Promise<void> {
    return this.bus.close();
  }

  private fateOf(payload: unknown): Fate {
    if (this.isDeaf) return 'lost';
    return this.fates.get((payload as { chat_id?: number }).chat_id ?? 0)?.() ?? 'arrives';
  }
}
