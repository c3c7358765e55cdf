import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/**
 * A user, or a placeholder for a sender of an imported history. E-mail and username are unique ignoring case, by the
 * indexes idx_users_email_lower and idx_users_username_lower; idx_users_username_prefix and idx_users_username_trigrams
 * find parts of usernames. TypeORM has no words for these.
 */
@Entity({ name: 'users', schema: 'auth' })
@Check(
  'users_email_or_placeholder',
  `(email IS NULL) = (placeholder_name IS NOT NULL) AND (placeholder_name IS NULL) = (placeholder_workspace_id IS NULL)`,
)
@Index('idx_users_placeholder', ['placeholder_workspace_id', 'placeholder_name'], {
  unique: true,
  where: '(placeholder_name IS NOT NULL)',
})
export class UserEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'users_pkey',
  })
  id!: number;

  @Column({ type: 'text', nullable: true })
  email!: string | null;

  @Column({ type: 'text' })
  username!: string;

  @Column({ type: 'text', nullable: true })
  avatar_url!: string | null;

  @Column({ type: 'jsonb', default: {} })
  preferences!: object;

  @Column({ type: 'bigint', nullable: true })
  placeholder_workspace_id!: number | null;

  @Column({ type: 'text', nullable: true })
  placeholder_name!: string | null;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  created_at!: Date;
}
