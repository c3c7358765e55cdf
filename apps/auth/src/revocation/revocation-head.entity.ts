import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** One row: the id of the newest revocation. Whoever revokes holds its lock until the commit. */
@Entity({ name: 'revocation_head', schema: 'auth' })
@Check('revocation_head_single', 'single')
export class RevocationHeadEntity {
  @PrimaryColumn({ type: 'boolean', default: true, primaryKeyConstraintName: 'revocation_head_pkey' })
  single!: boolean;

  @Column({ type: 'bigint' })
  last_id!: number;
}
