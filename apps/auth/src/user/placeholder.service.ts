import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { FechatterError } from '#contracts/error.js';
import { placeholderUsername } from './placeholder-name.js';
import { PlaceholderRepository } from './placeholder.repository.js';
import { UserCache } from './user.cache.js';

const maxRounds = 20;
/** After -2, -3, -4 the suffix is drawn from more and more numbers: names that everybody imports do not run long. */
const countedRounds = 4;

/** Makes users for the senders of imported histories: one for each workspace and name, told apart to the letter. */
@Injectable()
export class PlaceholderService {
  constructor(
    private readonly placeholders: PlaceholderRepository,
    private readonly users: UserCache,
  ) {}

  /** `ids[i]` stands for `names[i]`. The same answer however often and by how many it is asked at once. */
  async ensure(workspaceId: number, names: readonly string[]): Promise<number[]> {
    const wanted = [...new Set(names)];
    const known = new Set<number>();
    for (let round = 1; round <= maxRounds; round++) {
      const ids = await this.placeholders.find(workspaceId, wanted);
      const missing = wanted.filter((name) => !ids.has(name));
      if (round === 1) for (const id of ids.values()) known.add(id);
      if (missing.length === 0) {
        await this.users.appeared([...ids.values()].filter((id) => !known.has(id)));
        return names.flatMap((name) => ids.get(name) ?? []);
      }
      await this.placeholders.insert(
        workspaceId,
        missing.map((name) => ({ name, username: placeholderUsername(name, suffixOf(round)) })),
      );
    }
    throw new FechatterError('UNAVAILABLE', 'No free usernames were found for some senders. Try again.', {
      retryAfterSeconds: 1,
    });
  }
}

function suffixOf(round: number): string {
  if (round === 1) return '';
  return round <= countedRounds ? `-${round}` : `-${randomInt(countedRounds + 1, 10 ** Math.min(round, 12))}`;
}
