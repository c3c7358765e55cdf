import { Injectable } from '@nestjs/common';
import type { UserCaller } from '#bus/bus.js';
import { notFound } from '#contracts/error.js';
import type { Me, UpdateMe, User } from '#contracts/user.contract.js';
import { UserCache } from './user.cache.js';
import { UserRepository, type NamedUser, type ProfileRow } from './user.repository.js';

/** As many as chat says of whether they may be seen, in one call. */
const maxCandidates = 1_000;

/** Profiles. Users read and change their own; what others may see of them, the asking service has to know. */
@Injectable()
export class UserService {
  constructor(
    private readonly users: UserRepository,
    private readonly cache: UserCache,
  ) {}

  async me(caller: UserCaller): Promise<Me> {
    return toMe(await this.users.find(caller.user_id));
  }

  /** Fields that are left out stay as they are. CONFLICT when the username is taken. */
  async updateMe(caller: UserCaller, change: UpdateMe): Promise<Me> {
    const update = () => this.users.update(caller.user_id, change);
    const isSeen = change.username !== undefined || change.avatar_url !== undefined;
    return toMe(await (isSeen ? this.cache.change(caller.user_id, update) : update()));
  }

  async getMany(ids: readonly number[]): Promise<User[]> {
    return this.cache.getMany(ids);
  }

  async findByNames(usernames: readonly string[]): Promise<NamedUser[]> {
    return this.users.findByNames(usernames);
  }

  async findByEmail(email: string): Promise<User | null> {
    return (await this.users.findByEmail(email)) ?? null;
  }

  async search(text: string, ids: readonly number[], limit: number): Promise<User[]> {
    return this.users.search(text, ids, limit);
  }

  async candidates(text: string): Promise<number[]> {
    return this.users.candidates(text, maxCandidates);
  }
}

/** Placeholders have no address, and nobody signs in as one. */
function toMe(row: ProfileRow | undefined): Me {
  if (row === undefined || row.email === null) throw notFound('user');
  const { email, preferences, created_at, ...user } = row;
  return { ...user, email, preferences: preferences as Me['preferences'], created_at: created_at.toISOString() };
}
