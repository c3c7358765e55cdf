import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AccessChange } from '#contracts/access.contract.js';

/** A change that message has yet to apply. Written with the change itself, deleted once applied. */
@Entity({ name: 'access_outbox', schema: 'chat' })
export class OutboxEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'access_outbox_pkey' })
  chat_id!: number;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'access_outbox_pkey' })
  version!: number;

  @Column({ type: 'bigint' })
  workspace_id!: number;

  @Column({ type: 'bigint' })
  actor_id!: number;

  @Column({ type: 'jsonb' })
  change!: AccessChange;

  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  created_at!: Date;
}
