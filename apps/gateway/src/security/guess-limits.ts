import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RateLimiter } from '#cache/rate-limiter.js';
import { RedisConnection } from '#cache/redis.js';
import { FechatterError } from '#contracts/error.js';
import { gatewayConfig, type GatewayConfig } from '../gateway.config.js';
import { GuessGate } from './guess-gate.js';
import { LimitExceeded } from './rate-limits.js';

const windowSeconds = 15 * 60;

/** Whose password is tried, and from where. */
export interface Guess {
  /** Key of the address. */
  readonly address: string;
  /** Whatever names the account, the same for every spelling. */
  readonly account: string;
  /** Whether the account is signed in to from there. Asked only when its failures are used up. */
  readonly isKnownAddress?: () => Promise<boolean>;
}

interface Gates {
  readonly address: GuessGate;
  readonly account: GuessGate;
  /** Of an account from one of the addresses that it knows. */
  readonly known: GuessGate;
  /** Of an address that asks whether it is known and is not. */
  readonly questions: GuessGate;
}

/** Bounds how often a password may be guessed, from an address and for an account. Only failures count. */
@Injectable()
export class GuessLimits {
  private readonly gates: Gates | undefined;

  constructor(
    @Inject(gatewayConfig) config: GatewayConfig,
    @Inject(RedisConnection) redis: RedisConnection | undefined,
  ) {
    if (config.RATE_LIMITS === 'off') return;
    const ofAddress = config.LIMIT_FAILED_LOGINS_PER_ADDRESS;
    const ofAccount = config.LIMIT_FAILED_LOGINS_PER_ACCOUNT;
    const gate = (name: string, points: number) =>
      new GuessGate(
        // Without Redis whoever guesses has so many at each gateway.
        new RateLimiter({ name, points, seconds: windowSeconds, pointsAlone: Math.ceil(points / 2) }, redis),
      );
    this.gates = {
      address: gate('failed_login_address', ofAddress),
      account: gate('failed_login_account', ofAccount),
      known: gate('failed_login_known', ofAccount),
      questions: gate('unknown_address', ofAddress),
    };
  }

  /** Tries the password within all limits. */
  async attempt<Result>(guess: Guess, tryPassword: () => Promise<Result>): Promise<Result> {
    const { gates } = this;
    if (gates === undefined) return tryPassword();
    return gates.address.attempt(guess.address, () => tryForAccount(gates, guess, tryPassword), isWrong);
  }
}

/** Whoever uses up the failures of an account must not keep out its owner: addresses that it knows have some of their own. */
async function tryForAccount<Result>(gates: Gates, guess: Guess, tryPassword: () => Promise<Result>): Promise<Result> {
  const key = createHash('sha256').update(guess.account).digest('base64url');
  try {
    return await gates.account.attempt(key, tryPassword, isWrong);
  } catch (error) {
    if (!(error instanceof LimitExceeded)) throw error;
    await requireKnown(gates, guess, error);
  }
  return gates.known.attempt(`${key}@${guess.address}`, tryPassword, isWrong);
}

/** Throws `refusal` where the address is not known, or auth does not say. */
async function requireKnown({ questions }: Gates, guess: Guess, refusal: LimitExceeded): Promise<void> {
  const { address, isKnownAddress } = guess;
  if (isKnownAddress === undefined) throw refusal;
  const ask = async () => {
    if (!(await isKnownAddress().catch(() => false))) throw refusal;
  };
  await questions.attempt(address, ask, (error) => error === refusal);
}

function isWrong(error: unknown): boolean {
  return error instanceof FechatterError && (error.code === 'UNAUTHORIZED' || error.code === 'FORBIDDEN');
}
