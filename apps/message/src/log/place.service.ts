import { Injectable } from '@nestjs/common';
import type { ReplyOf } from '#contracts/contract.js';
import type { logRpc } from '#contracts/log.contract.js';
import { firstWithEpoch } from './epoch.js';
import { mostChats, mostPlaces, PlaceRepository, type PlaceRow } from './place.repository.js';

type Places = ReplyOf<typeof logRpc.places>;

/** Tells gateways where users are members: what a connection needs, at a fraction of what an inbox costs. */
@Injectable()
export class PlaceService {
  constructor(private readonly places: PlaceRepository) {}

  /** Users whose places may have been cut off are left out, save the first. */
  async users(userIds: readonly number[]): Promise<Places> {
    const rows = await this.places.of([...new Set(userIds)]);
    const users = new Map<number, Places['users'][number]>();
    for (const row of rows) add(users, row);
    const last = rows.at(-1)?.user_id;
    if (rows.length === mostPlaces && users.size > 1 && last !== undefined) users.delete(last);
    return { users: [...users.values()].map(markIfCut), epoch: firstWithEpoch(rows).epoch };
  }

  /** Ids of those of the chats that have at most 100 members. */
  async small(chatIds: readonly number[]): Promise<number[]> {
    return (await this.places.small(chatIds)).map(({ chat_id }) => chat_id);
  }
}

function add(users: Map<number, Places['users'][number]>, { user_id, version, ...row }: PlaceRow): void {
  const user = users.get(user_id) ?? { user_id, version, places: [] };
  users.set(user_id, user);
  if (row.chat_id === null) return;
  const { chat_id, joined_seq, last_seq } = row;
  user.places.push({ chat_id, joined_seq, last_seq });
}

function markIfCut(user: Places['users'][number]): Places['users'][number] {
  return user.places.length < mostChats ? user : { ...user, has_more: true };
}
