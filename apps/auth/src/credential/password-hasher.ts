import { Injectable } from '@nestjs/common';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { HashQueue } from './hash-queue.js';
import { showHashes } from './hash.metrics.js';

/** argon2id at the floor that OWASP gives: 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Libuv has four threads for hashing, files, names and compression together. */
const limits = { running: 2, waiting: 256, maxWaitMs: 10_000 };

/** Hashes passwords byte for byte as they come: no trimming, no normalising. */
@Injectable()
export class PasswordHasher {
  private readonly queue = new HashQueue(limits);
  private readonly nobody = hash('the password of nobody', parameters);

  constructor() {
    showHashes(this.queue);
  }

  async hash(password: string): Promise<string> {
    return this.queue.run(() => hash(password, parameters));
  }

  /** Whether the password is the one that was hashed. Without a hash the answer is no, after the same work. */
  async verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    const against = passwordHash ?? (await this.nobody);
    const matches = await this.queue.run(() => verify(against, password));
    return matches && passwordHash !== undefined;
  }

  /** Whether the hash was made under weaker parameters than today's. */
  isOutdated(passwordHash: string): boolean {
    const { memoryCost, timeCost } = parseOptions(passwordHash);
    return (
      !passwordHash.startsWith('$argon2id$') || memoryCost < parameters.memoryCost || timeCost < parameters.timeCost
    );
  }
}
