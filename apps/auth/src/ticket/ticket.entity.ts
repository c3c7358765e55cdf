import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { SessionEntity } from '../session/session.entity.js';

/** SHA-256 of a ticket that opens one realtime connection. `access_expires_at` is the end of the access token behind it. */
@Entity({ name: 'tickets', schema: 'auth' })
@Index('idx_tickets_session', ['session_id'])
export class TicketEntity {
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'tickets_pkey' })
  ticket_hash!: Buffer;

  @Column({ type: 'bigint' })
  session_id!: number;

  @ManyToOne(() => SessionEntity, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'session_id', foreignKeyConstraintName: 'tickets_session_fkey' })
  session!: SessionEntity;

  @Column({ type: 'timestamptz', precision: 3 })
  access_expires_at!: Date;

  @Column({ type: 'timestamptz', precision: 3 })
  expires_at!: Date;
}
