import { Column, Entity, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm';
import { UserEntity } from '../user/user.entity.js';

/** How a user proves who they are. `version` rises when the password changes. */
@Entity({ name: 'credentials', schema: 'auth' })
export class CredentialEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'credentials_pkey' })
  user_id!: number;

  @OneToOne(() => UserEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'credentials_user_fkey' })
  user!: UserEntity;

  @Column({ type: 'text' })
  password_hash!: string;

  @Column({ type: 'integer', default: 1 })
  version!: number;
}
