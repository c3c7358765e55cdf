import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Bus, userOf } from '#bus/bus.js';
import { notFound } from '#contracts/error.js';
import type { usersApi } from '#contracts/http/user.routes.js';
import type { searchApi } from '#contracts/http/search.routes.js';
import type { InputOf, ReplyOf } from '#contracts/http/route.js';
import { userRpc, type User } from '#contracts/user.contract.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import type { RequestCall } from './server/request-call.js';
import { PresenceReader } from '../realtime/presence/presence-reader.js';
import { self } from '../self.js';
import { inSlices } from './slices.js';

/** Somebody who sees more than a thousand people will do so for a while: not asked again for every letter typed. */
const crowds = { max: 10_000, ttl: 60_000 };
/** Enough where most people of the server are in one workspace. */
const firstCandidates = 200;

/** Users as the caller may see them: chat says whom, auth says who they are, presence whether they are there. */
@Injectable()
export class UserDirectory {
  /** By user and workspace. */
  private readonly crowded = new LRUCache<string, true>(crowds);

  constructor(
    private readonly bus: Bus,
    private readonly presence: PresenceReader,
  ) {}

  /** The members of a workspace in the order of chat's list; three calls for a page of usual size. */
  async listMembers(
    query: InputOf<typeof usersApi.list>['query'],
    call: RequestCall,
  ): Promise<ReplyOf<typeof usersApi.list>> {
    const { members, next_cursor, has_more } = await this.bus.call(workspaceRpc.listMembers, query, { within: call });
    const ids = members.map(({ user_id }) => user_id);
    const users = await this.usersById(ids, call);
    const statuses = this.presence.statusOf(ids);
    return {
      users: members.flatMap(({ user_id, role }) => {
        const user = users.get(user_id);
        return user === undefined ? [] : [{ ...user, role, status: statuses.get(user_id) ?? 'offline' }];
      }),
      next_cursor,
      has_more,
    };
  }

  /** Throws NOT_FOUND for whom the caller may not see. */
  async get(id: number, call: RequestCall): Promise<ReplyOf<typeof usersApi.get>> {
    const { user_ids } = await this.bus.call(workspaceRpc.visibleUsers, { ids: [id] }, { within: call });
    const user = user_ids.includes(id) ? (await this.usersById([id], call)).get(id) : undefined;
    if (user === undefined) throw notFound('user');
    return { ...user, status: this.presence.statusOf([id]).get(id) ?? 'offline' };
  }

  /**
   * Two calls where the caller sees at most a thousand people: auth looks among them. Otherwise auth looks among all, and
   * chat says which of the best thousand the caller may see: four calls, then three while that is remembered, and one more
   * when too few of the first 200 are.
   */
  async search(
    { q, workspace_id, limit }: InputOf<typeof searchApi.users>['query'],
    call: RequestCall,
  ): Promise<ReplyOf<typeof searchApi.users>> {
    const visible = await this.visibleUsers(workspace_id, call);
    const users =
      visible === undefined
        ? await this.searchAll(q, workspace_id, limit, call)
        : (await this.bus.call(userRpc.search, { query: q, ids: visible, limit }, { within: call, as: self })).users;
    return { users, next_cursor: null, has_more: false };
  }

  /** Undefined where they are more than a thousand. */
  private async visibleUsers(workspace_id: number | undefined, call: RequestCall): Promise<number[] | undefined> {
    const key = `${userOf(call).user_id} ${workspace_id}`;
    if (this.crowded.has(key)) return undefined;
    const { user_ids, has_more } = await this.bus.call(workspaceRpc.visibleUsers, { workspace_id }, { within: call });
    if (!has_more) return user_ids;
    this.crowded.set(key, true);
    return undefined;
  }

  private async searchAll(
    query: string,
    workspace_id: number | undefined,
    limit: number,
    call: RequestCall,
  ): Promise<User[]> {
    const { user_ids: ids } = await this.bus.call(userRpc.candidates, { query }, { within: call, as: self });
    const best: number[] = [];
    // Of nobody, too, as that is refused where the caller is no member any more.
    for (const [turn, slice] of [ids.slice(0, firstCandidates), ids.slice(firstCandidates)].entries()) {
      if ((turn > 0 && slice.length === 0) || best.length >= limit) break;
      const asked = { workspace_id, ids: slice };
      const visible = new Set((await this.bus.call(workspaceRpc.visibleUsers, asked, { within: call })).user_ids);
      best.push(...slice.filter((id) => visible.has(id)));
    }
    best.splice(limit);
    const users = await this.usersById(best, call);
    return best.flatMap((id) => users.get(id) ?? []);
  }

  private async usersById(ids: number[], call: RequestCall): Promise<Map<number, User>> {
    const users = await inSlices(ids, async (slice) => {
      return (await this.bus.call(userRpc.getMany, { ids: slice }, { within: call, as: self })).users;
    });
    return new Map(users.map((user) => [user.id, user]));
  }
}
