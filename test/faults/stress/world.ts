import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { FechatterClient } from '#client/client.js';
import { MemoryStorage } from '#client/storage.js';
import { readConfig } from '#config/config.js';
import type { Login } from '#contracts/auth.contract.js';
import { chatsApi } from '#contracts/http/chat.routes.js';
import { invitesApi } from '#contracts/http/invite.routes.js';
import { workspacesApi } from '#contracts/http/workspace.routes.js';
import type { Message } from '#contracts/message.contract.js';
import { metrics } from '#telemetry/metrics.js';
import { startHouse, type House } from '#testing/app.js';
import { authApp } from '../../../apps/auth/src/auth.app.js';
import { authDataSource } from '../../../apps/auth/src/auth.data-source.js';
import { chatApp } from '../../../apps/chat/src/chat.app.js';
import { chatDataSource } from '../../../apps/chat/src/chat.data-source.js';
import { GatewayConfig } from '../../../apps/gateway/src/gateway.config.js';
import { gatewayApp, type RunningGateway } from '../../../apps/gateway/src/gateway.app.js';
import { messageApp } from '../../../apps/message/src/message.app.js';
import { messageDataSource } from '../../../apps/message/src/message.data-source.js';
import { FaultyBus } from './faulty-bus.js';
import { Peer } from './peer.js';

export const socketsPerUser = 5;

/** Somebody with an account. */
export interface Person {
  readonly id: number;
  readonly token: string;
  readonly client: FechatterClient;
  /** Other clients on it are signed in as this person. */
  readonly storage: MemoryStorage;
}

export interface Gateway {
  readonly url: string;
  readonly port: number;
  readonly bus: FaultyBus;
}

/** All services in this process, with two gateways without limits and one with. */
export class World {
  private constructor(
    readonly house: House,
    readonly first: Gateway,
    readonly second: Gateway,
    readonly limited: Gateway,
    private readonly gateways: readonly RunningGateway[],
    /** Members of one workspace; `owner` owns it. */
    readonly owner: Person,
    readonly people: readonly Person[],
    private readonly workspaceId: number,
  ) {}

  static async build(): Promise<World> {
    const house = await startHouse({
      apps: [authApp, chatApp, messageApp],
      dataSources: [authDataSource, chatDataSource, messageDataSource],
    });
    const running: RunningGateway[] = [];
    const start = async (env: Record<string, string>): Promise<Gateway> => {
      const bus = new FaultyBus(house.bus);
      const config = readConfig(GatewayConfig, { NODE_ENV: 'test', PORT: '0', ...env });
      const gateway = await gatewayApp.start({ config, bus, validateReplies: true, production: false });
      running.push(gateway);
      return { url: `http://127.0.0.1:${gateway.port}`, port: gateway.port, bus };
    };
    const free = { RATE_LIMITS: 'off' };
    const [first, second] = [await start(free), await start(free)];
    const limited = await start({ LIMIT_SOCKETS_PER_USER: String(socketsPerUser), LIMIT_FRAMES_PER_SECOND: '30' });
    const owner = await register(first);
    const people = await Promise.all(Array.from({ length: 6 }, () => register(first)));
    const { workspaces } = await owner.client.call(workspacesApi.list);
    const id = workspaces[0]?.id ?? 0;
    const { invite_code: code } = await owner.client.call(invitesApi.create, { params: { id }, body: {} });
    for (const { client } of people) await client.call(invitesApi.accept, { params: { code } });
    return new World(house, first, second, limited, running, owner, people, id);
  }

  get all(): readonly Gateway[] {
    return [this.first, this.second, this.limited];
  }

  newcomer(): Promise<Person> {
    return register(this.first);
  }

  /** The `index`th of the people. */
  person(index: number): Person {
    return this.people[index] as Person;
  }

  /** A new channel of the owner with these members. */
  async chat(...members: Person[]): Promise<number> {
    const body = { workspace_id: this.workspaceId, name: `c-${randomUUID()}`, type: 'channel' as const };
    const member_ids = members.map(({ id }) => id);
    return (await this.owner.client.call(chatsApi.create, { body: { ...body, member_ids } })).id;
  }

  /** A message of the owner. */
  say(chat: number, content = 'hello'): Promise<Message> {
    return this.owner.client.send({ chat_id: chat, content });
  }

  async sayAll(chat: number, count: number): Promise<number> {
    const sent = await Promise.all(Array.from({ length: count }, (_, index) => this.say(chat, `message ${index}`)));
    return sent.at(-1)?.seq ?? 0;
  }

  enter({ token }: Person, gateway = this.first): Promise<Peer> {
    return Peer.enter(gateway.url, token);
  }

  /** Connections that the gateways count as open, by their own metrics. */
  async openConnections(): Promise<number> {
    return sumOf('fechatter_realtime_connections');
  }

  /** Connections that gateways have ended with a close code. */
  async closedWith(code: number): Promise<number> {
    return sumOf('fechatter_realtime_closed_total', String(code));
  }

  async close(): Promise<void> {
    for (const gateway of this.gateways) await gateway.stop();
    await this.house.close();
  }
}

async function sumOf(name: string, code?: string): Promise<number> {
  const { values = [] } = (await metrics.getSingleMetric(name)?.get()) ?? {};
  const counted = values.filter(({ labels }) => code === undefined || labels['code'] === code);
  return counted.reduce((sum, { value }) => sum + value, 0);
}

async function register({ url }: Gateway): Promise<Person> {
  const storage = new MemoryStorage();
  const client = new FechatterClient({ gateways: url, WebSocket, storage });
  const username = `p-${randomUUID()}`;
  const body = { email: `${username}@example.com`, username, password: `long enough ${username}` };
  const { user, token }: Login = await client.register(body);
  return { id: user.id, token, client, storage };
}
