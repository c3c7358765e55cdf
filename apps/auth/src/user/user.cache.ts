import { Injectable } from '@nestjs/common';
import type { CachedValues } from '#cache/cached-values.js';
import { patterns } from '#cache/patterns.js';
import type { User } from '#contracts/user.contract.js';
import { AuthCache } from '../auth.cache.js';
import { UserRepository } from './user.repository.js';

/** Users as others see them: the other services ask for the same ones again and again. */
@Injectable()
export class UserCache {
  private readonly values: CachedValues<number, User>;

  constructor(cache: AuthCache, users: UserRepository) {
    this.values = cache.values<number, User>(patterns.user, async (ids) => {
      return new Map((await users.findMany(ids)).map((user) => [user.id, { value: user }]));
    });
  }

  /** Unknown ids are left out. */
  async getMany(ids: readonly number[]): Promise<User[]> {
    return [...(await this.values.getOrComputeMany(ids)).values()];
  }

  /** To be called when users were made: nobody is told any longer that there is none. */
  async appeared(ids: readonly number[]): Promise<void> {
    if (ids.length > 0) await this.values.invalidate(ids);
  }

  /** Changes what others see of a user, who is never shown as before once this has answered. */
  async change<Result>(id: number, work: () => Promise<Result>): Promise<Result> {
    return this.values.change([id], work);
  }
}
