import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { SessionEntity } from './session.entity.js';

/** SHA-256 of a refresh token. Spent ones stay, so that their reuse is noticed. */
@Entity({ name: 'refresh_tokens', schema: 'auth' })
@Index('idx_refresh_tokens_session', ['session_id', 'used_at'])
export class RefreshTokenEntity {
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'refresh_tokens_pkey' })
  token_hash!: Buffer;

  @Column({ type: 'bigint' })
  session_id!: number;

  @ManyToOne(() => SessionEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'session_id', foreignKeyConstraintName: 'refresh_tokens_session_fkey' })
  session!: SessionEntity;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  used_at!: Date | null;
}
