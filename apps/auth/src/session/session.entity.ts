import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
import { UserEntity } from '../user/user.entity.js';

/** A signed-in client. Live while the row is there and `expires_at` lies ahead; each refresh moves that. */
@Entity({ name: 'sessions', schema: 'auth' })
@Index('idx_sessions_user', ['user_id', 'last_used_at'])
@Index('idx_sessions_expires', ['expires_at'])
export class SessionEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'sessions_pkey',
  })
  id!: number;

  @Column({ type: 'bigint' })
  user_id!: number;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'sessions_user_fkey' })
  user!: UserEntity;

  @Column({ type: 'text' })
  address!: string;

  @Column({ type: 'text' })
  user_agent!: string;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  created_at!: Date;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  last_used_at!: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  expires_at!: Date;
}
