import assert from 'node:assert/strict';
import { WebSocket } from 'ws';
import { FechatterClient } from '#client/client.js';
import { FaultProxy } from '../network/fault-proxy.js';
import { eventually } from '#testing/eventually.js';
import { range } from '#testing/range.js';
import type { Gateway, Person } from './world.js';

const host = '127.0.0.1';

/** A client that follows the chats of a person over a network of its own. */
export class Follower {
  private readonly applied = new Map<number, number[]>();

  private constructor(
    readonly client: FechatterClient,
    readonly proxy: FaultProxy,
  ) {
    client.on('entry', ({ chat_id, seq }) => {
      this.applied.set(chat_id, [...this.seqs(chat_id), seq]);
    });
  }

  static async start(
    { storage }: Person,
    { port }: Gateway,
    transport: 'websocket' | 'sse' = 'websocket',
  ): Promise<Follower> {
    const proxy = await FaultProxy.start({ host, port });
    const gateways = `http://${host}:${proxy.port}`;
    const follower = new Follower(new FechatterClient({ gateways, transport, WebSocket, storage }), proxy);
    follower.client.start();
    await follower.returns(0);
    return follower;
  }

  /** What it has applied of a chat, in its order. */
  seqs(chat: number): readonly number[] {
    return this.applied.get(chat) ?? [];
  }

  /** Waits for a connection after so many; a wait of the client between two tries is cut short. */
  async returns(connections: number): Promise<void> {
    await eventually(() => {
      if (this.client.counters.connections > connections) return true;
      this.client.wake();
      return false;
    }, 'it is connected');
  }

  /** Cuts the connection, and lets the next one go to this gateway. */
  async kick({ port }: Gateway): Promise<void> {
    const { connections } = this.client.counters;
    this.proxy.target = { host, port };
    this.proxy.reset();
    await this.returns(connections);
  }

  /** Has applied exactly these, in order, and ends. */
  async ends(chat: number, first: number, last: number): Promise<void> {
    await eventually(() => this.seqs(chat).includes(last), `it has entry ${last} of chat ${chat}`);
    assert.deepEqual(this.seqs(chat), range(first, last));
    await this.stop();
  }

  async stop(): Promise<void> {
    this.client.stop();
    await this.proxy.close();
  }
}
