import { Injectable } from '@nestjs/common';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import type { SigningKeyEntity } from './signing-key.entity.js';

/** Any number, the same on every replica: only one rotates at a time. */
const advisoryLock = 4_270_002;

/** All in seconds. */
export interface RotationPeriods {
  readonly signing: number;
  readonly notice: number;
  /** How long tokens of a key may still come after it signed its last. */
  readonly afterlife: number;
}

const lock = sql('auth.key.lock', 'SELECT pg_advisory_xact_lock($1)');

const removeRetired = sql(
  'auth.key.remove_retired',
  `DELETE FROM auth.signing_keys k WHERE EXISTS (
     SELECT FROM auth.signing_keys n
     WHERE n.signs_from > k.signs_from AND n.signs_from < clock_timestamp() - make_interval(secs => $1)
   )`,
);

/** One row when a key has to be made now: the first signs at once, a later one is announced before it signs. */
const due = sql(
  'auth.key.due',
  `SELECT CASE WHEN max(signs_from) IS NULL THEN clock_timestamp()
     ELSE greatest(max(signs_from) + make_interval(secs => $1), clock_timestamp() + make_interval(secs => $2))
   END AS signs_from
   FROM auth.signing_keys
   HAVING max(signs_from) IS NULL OR max(signs_from) + make_interval(secs => $1 - $2) <= clock_timestamp()`,
);

const insert = sql(
  'auth.key.insert',
  'INSERT INTO auth.signing_keys (kid, public_key, private_key, signs_from) VALUES ($1, $2, $3, $4)',
);

const list = sql(
  'auth.key.list',
  'SELECT kid, public_key, private_key, signs_from FROM auth.signing_keys ORDER BY signs_from',
);

/** The signing keys, as the database has them. */
@Injectable()
export class KeyRepository {
  constructor(private readonly database: Database) {}

  /** Removes keys whose tokens have all expired, and stores a new key when one is due. */
  async rotate(periods: RotationPeriods, make: () => Promise<Omit<SigningKeyEntity, 'signs_from'>>): Promise<void> {
    await this.database.transaction(async (transaction) => {
      await transaction.query(lock, [advisoryLock]);
      await transaction.query(removeRetired, [periods.afterlife]);
      const [next] = await transaction.query<{ signs_from: Date }>(due, [periods.signing, periods.notice]);
      if (next === undefined) return;
      const { kid, public_key, private_key } = await make();
      await transaction.query(insert, [kid, public_key, private_key, next.signs_from]);
    });
  }

  /** Oldest first. */
  async list(): Promise<SigningKeyEntity[]> {
    return this.database.query<SigningKeyEntity>(list);
  }
}
