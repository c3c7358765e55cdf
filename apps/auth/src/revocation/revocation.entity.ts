import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A session that ended before its access tokens did. Ids are dense and in the order of commits. */
@Entity({ name: 'revocations', schema: 'auth' })
export class RevocationEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'revocations_pkey' })
  id!: number;

  @Column({ type: 'bigint' })
  user_id!: number;

  @Column({ type: 'bigint' })
  session_id!: number;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  revoked_at!: Date;
}
