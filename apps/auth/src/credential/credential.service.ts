import { Injectable } from '@nestjs/common';
import type { UserCaller } from '#bus/bus.js';
import { FechatterError, invalid } from '#contracts/error.js';
import { Logger } from '#telemetry/logger.js';
import { RevocationService } from '../revocation/revocation.service.js';
import { isCommonPassword } from './common-passwords.js';
import { CredentialRepository, type Credential } from './credential.repository.js';
import { PasswordHasher } from './password-hasher.js';

/** Proves and changes passwords. */
@Injectable()
export class CredentialService {
  private readonly logger = new Logger('auth.credential');

  constructor(
    private readonly credentials: CredentialRepository,
    private readonly hasher: PasswordHasher,
    private readonly revocations: RevocationService,
  ) {}

  /** Throws VALIDATION_ERROR about `field` for a password that a guesser tries first. */
  refuseCommon(field: string, password: string): void {
    if (isCommonPassword(password)) throw invalid(field, 'Is one of the passwords that are guessed first');
  }

  async hash(password: string): Promise<string> {
    return this.hasher.hash(password);
  }

  /** Costs the same without a credential, and says no. */
  async verify(credential: Credential | undefined, password: string): Promise<boolean> {
    return this.hasher.verify(credential?.password_hash, password);
  }

  /** Hashes a proven password anew when today's parameters are stronger. Not doing so fails nobody's login. */
  async strengthen(userId: number, credential: Credential, password: string): Promise<void> {
    if (!this.hasher.isOutdated(credential.password_hash)) return;
    try {
      await this.credentials.rehash(userId, credential.version, await this.hasher.hash(password));
    } catch (error) {
      this.logger.error('A password was not hashed anew; the next login tries again', error);
    }
  }

  /** Takes the current password as proof, and ends all other sessions of the user. */
  async change(caller: UserCaller, currentPassword: string, newPassword: string): Promise<void> {
    const credential = await this.credentials.find(caller.user_id, caller.session_id);
    if (credential === undefined) throw new FechatterError('UNAUTHORIZED');
    this.refuseCommon('new_password', newPassword);
    if (!(await this.verify(credential, currentPassword))) throw wrongPassword();
    const passwordHash = await this.hasher.hash(newPassword);
    const ended = await this.credentials.change(caller.user_id, credential.version, passwordHash, caller.session_id);
    if (ended === undefined) throw wrongPassword();
    this.revocations.announce(ended);
  }
}

function wrongPassword(): FechatterError {
  return new FechatterError('FORBIDDEN', 'The current password is wrong.', {
    details: [{ field: 'current_password', reason: 'Is not the current password' }],
  });
}
