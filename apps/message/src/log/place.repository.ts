import { Injectable } from '@nestjs/common';
import type { Place } from '#contracts/log.contract.js';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { presentMember } from '../inbox/present-member.sql.js';

/** Most chats of one user, and most places of all users together, in one answer. */
export const mostChats = 10_000;
export const mostPlaces = 12_000;

/** One row for each place, or for a user without any. */
export type PlaceRow = { user_id: number; version: number; epoch: number | null } & (Place | { chat_id: null });

const places = sql(
  'message.places',
  `SELECT u.user_id, coalesce(v.version, 0) AS version, (SELECT epoch FROM message.log_epoch) AS epoch, p.*
   FROM unnest($1::bigint[]) WITH ORDINALITY u(user_id, place)
   LEFT JOIN message.inbox_heads v ON v.user_id = u.user_id
   LEFT JOIN LATERAL (
     SELECT h.chat_id, a.joined_seq, h.last_seq FROM ${presentMember.replaceAll('$1', 'u.user_id')}
     ORDER BY a.chat_id DESC LIMIT ${mostChats}
   ) p ON true
   ORDER BY u.place LIMIT ${mostPlaces}`,
);

/** Most members of a chat that is small. */
const fewMembers = 100;

const smallChats = sql(
  'message.small_chats',
  `SELECT c.chat_id FROM unnest($1::bigint[]) c(chat_id) WHERE (
     SELECT count(*) FROM (
       SELECT FROM message.chat_access WHERE chat_id = c.chat_id AND left_seq IS NULL LIMIT ${fewMembers + 1}
     ) m
   ) <= ${fewMembers}`,
);

/** Where users are members, read for many of them at once. */
@Injectable()
export class PlaceRepository {
  constructor(private readonly database: Database) {}

  /** In the order of the users; cut after `mostPlaces` rows. */
  async of(userIds: readonly number[]): Promise<PlaceRow[]> {
    return this.database.query(places, [userIds]);
  }

  /** Which of the chats have few members. */
  async small(chatIds: readonly number[]): Promise<{ chat_id: number }[]> {
    return this.database.query(smallChats, [chatIds]);
  }
}
