import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The one row that says which history the positions of clients belong to. */
@Entity({ schema: 'message', name: 'log_epoch' })
@Check('log_epoch_single', 'single')
export class LogEpochEntity {
  @PrimaryColumn({ type: 'boolean', default: true, primaryKeyConstraintName: 'log_epoch_pkey' })
  single!: boolean;

  @Column({ type: 'bigint' })
  epoch!: number;
}
