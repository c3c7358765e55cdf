import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A key of access tokens: `public_key` is its `x` as in a JWK, `private_key` is sealed. */
@Entity({ name: 'signing_keys', schema: 'auth' })
export class SigningKeyEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'signing_keys_pkey' })
  kid!: string;

  @Column({ type: 'text' })
  public_key!: string;

  @Column({ type: 'bytea' })
  private_key!: Buffer;

  @Column({ type: 'timestamptz', precision: 3 })
  signs_from!: Date;
}
