import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Rises with every change of a user's access or read positions. */
@Entity({ schema: 'message', name: 'inbox_heads' })
export class InboxHeadEntity {
  @PrimaryColumn({ name: 'user_id', type: 'bigint', primaryKeyConstraintName: 'inbox_heads_pkey' })
  userId!: number;

  @Column({ type: 'bigint' })
  version!: number;
}
