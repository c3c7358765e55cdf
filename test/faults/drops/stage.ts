import type { FechatterClient } from '#client/client.js';
import type { Chat } from '#contracts/chat.contract.js';
import { chatsApi } from '#contracts/http/chat.routes.js';
import { invitesApi } from '#contracts/http/invite.routes.js';
import { workspacesApi } from '#contracts/http/workspace.routes.js';
import type { Fate } from '../fate.js';
import { Installation } from '../installation.js';
import { FaultProxy, type Target } from '../network/fault-proxy.js';
import { natsFaults, type FateCounts } from '../network/nats-faults.js';
import { Random } from '#testing/random.js';

/** A gateway whose server has a bug that was planted (broken-gateway.ts). */
const brokenGateway = 'test/faults/drops/broken-gateway.js';

/** Two gateways and three message services over a NATS that loses, doubles and reorders what the gateways hear. */
export class Stage {
  /** Events of the bus that reached the gateways' side, by their fate. */
  readonly events: FateCounts = { arrives: 0, lost: 0, twice: 0, late: 0 };
  private readonly relays: FaultProxy[] = [];
  private sharesOfFates = { lost: 0, twice: 0, late: 0 };
  private random = new Random(0);

  private constructor(private readonly installation: Installation) {}

  /** The servers and the services behind the gateways. */
  static async build(): Promise<Stage> {
    const installation = await Installation.start();
    const apps = ['auth', 'chat', 'message', 'message', 'message'] as const;
    await Promise.all(apps.map((app) => installation.service(app)));
    return new Stage(installation);
  }

  /** Two gateways. `broken` names the bug of both. */
  async openGateways(broken?: string): Promise<Target[]> {
    return Promise.all([this.openGateway(broken), this.openGateway(broken)]);
  }

  /** From now on so many of a hundred events meet each fate, and the others arrive. */
  spoilEvents(shares: { lost: number; twice: number; late: number }, random: Random): void {
    this.sharesOfFates = shares;
    this.random = random;
  }

  async close(): Promise<void> {
    await this.installation.close();
    await Promise.all(this.relays.map((relay) => relay.close()));
  }

  private async openGateway(broken: string | undefined): Promise<Target> {
    const host = '127.0.0.1';
    const nats = { host, port: this.installation.nats.port };
    const relay = await FaultProxy.start(nats, () => natsFaults(() => this.fate(), this.events));
    this.relays.push(relay);
    const env = { NATS_URL: `nats://${host}:${relay.port}`, BROKEN_ON_PURPOSE: broken };
    const { port } = await this.installation.gateway(env, broken === undefined ? undefined : brokenGateway);
    return { host, port };
  }

  private fate(): Fate {
    const { lost, twice, late } = this.sharesOfFates;
    const drawn = this.random.next() * 100;
    if (drawn < lost) return 'lost';
    if (drawn < lost + twice) return 'twice';
    return drawn < lost + twice + late ? 'late' : 'arrives';
  }
}

const password = 'a password of this test';
let registered = 0;

/** Signs a client up; answers the id of its user. */
export async function register(client: FechatterClient): Promise<number> {
  const username = `person-${process.pid}-${++registered}`;
  const { user } = await client.register({ email: `${username}@example.com`, username, password });
  return user.id;
}

/** Channels of the owner's workspace with everybody in them. */
export async function createChats(
  owner: FechatterClient,
  people: readonly FechatterClient[],
  count: number,
): Promise<Chat[]> {
  const { workspaces } = await owner.call(workspacesApi.list);
  const id = workspaces[0]?.id ?? 0;
  const { invite_code } = await owner.call(invitesApi.create, { params: { id }, body: { role: 'member' } });
  for (const person of people) await person.call(invitesApi.accept, { params: { code: invite_code } });
  const member_ids = people.map(({ user }) => user?.id ?? 0);
  const channels = Array.from({ length: count }, (_, index) => {
    const body = { workspace_id: id, name: `drops-${index}-${registered}`, type: 'channel' as const, member_ids };
    return owner.call(chatsApi.create, { body });
  });
  return Promise.all(channels);
}
